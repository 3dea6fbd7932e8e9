"""A checkout of its own, in which the demo is started, killed and started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from district.runtime.folders import ROOT, TEMPORARY
from tests.runtime.reachable import reachable_folder, reachable_python

PARTS = ("district", "spaces", "templates", "static", "locale")
FILES = ("manage.py", "package.json", "package-lock.json")
# The small district alone: these tests are about processes.
SMALL = "\nPLANS = (HARBOUR,)\n"
PATIENCE_SECONDS = 180
NOT_INHERITED = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DISTRICT_LOCAL", "SECRET_KEY"}


@dataclass
class Started:
    """A demo that was started, and what it has printed so far."""

    process: subprocess.Popen[bytes]
    output: Path
    seen: set[psutil.Process] = field(default_factory=set)

    @property
    def printed(self) -> str:
        return self.output.read_text()

    @property
    def address(self) -> str:
        line = next(line for line in self.printed.splitlines() if line.startswith("ready: "))
        return line.removeprefix("ready: ")

    def wait_until_ready(self) -> None:
        wait_for(lambda: "ready: " in self.printed or self.process.poll() is not None)
        assert "ready: " in self.printed, self.printed

    def family(self) -> list[psutil.Process]:
        """Every process below the demo; all that were ever seen are remembered."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        self.seen.update(found)
        return found

    def members(self, word: str) -> list[psutil.Process]:
        """The processes started directly by the demo whose command has the word."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if word in command_of(child)]

    def left(self) -> list[psutil.Process]:
        """Those that are still there."""
        return [process for process in self.seen if is_alive(process)]


def command_of(process: psutil.Process) -> str:
    """Empty for one that has ended and was not asked yet."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def is_alive(process: psutil.Process) -> bool:
    return command_of(process) != ""


def wait_for(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


class Checkout:
    """A copy of the project in a folder that other accounts can reach."""

    def __init__(self, path: Path, uid: int | None = None):
        self.path = path
        self.uid = uid
        self.started: list[Started] = []
        path.chmod(0o755)
        for part in PARTS:
            shutil.copytree(ROOT / part, path / part, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, path / name)
        self.python = Path(sys.executable)
        if uid is None:
            (path / "node_modules").symlink_to(ROOT / "node_modules")
        else:
            self.python = reachable_python(path, uid)
            reachable_folder(ROOT / "node_modules", path / "node_modules", uid)
        with (path / "district/demo/plans.py").open("a") as plans:
            plans.write(SMALL)

    def start(self, *options: str) -> Started:
        output = self.path / f"output-{len(self.started)}"
        environment = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        with output.open("wb") as file:
            process = subprocess.Popen(
                [self.python, "manage.py", "demo", *(options or ("--port", "0"))],
                cwd=self.path,
                env={**environment, "HOME": str(self.path)},
                stdout=file,
                stderr=subprocess.STDOUT,
                user=self.uid,
                extra_groups=None if self.uid is None else [],
            )
        self.started.append(Started(process, output))
        return self.started[-1]

    def run(self, *options: str) -> Started:
        """Start one that is expected to end by itself."""
        started = self.start(*options)
        started.process.wait(PATIENCE_SECONDS)
        return started

    def remove(self) -> None:
        for started in self.started:
            if started.process.poll() is None:
                started.process.send_signal(signal.SIGINT)
            started.process.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.path, ignore_errors=True)
        key = sha256(str(self.path).encode()).hexdigest()[:8]
        shutil.rmtree(TEMPORARY / f"district-{self.uid or os.geteuid()}-{key}", ignore_errors=True)


@pytest.fixture(scope="module")
def checkout() -> Iterator[Checkout]:
    """Shared by a module: its database is made once."""
    made = Checkout(Path(tempfile.mkdtemp(prefix="district-checkout-", dir=TEMPORARY)))
    yield made
    made.remove()
