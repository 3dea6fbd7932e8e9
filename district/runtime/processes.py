"""Child processes that never outlive us, and the account that runs those which refuse root."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from . import tether

Log = Callable[[str], None]
Process = subprocess.Popen[bytes]
Account = pwd.struct_passwd
STOP_SECONDS = 15


class StartFailed(Exception):
    """A service cannot be brought up; the message says why and what to do."""


def unprivileged_account() -> Account | None:
    """For root, an account that every system has; None for others, who run servers themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartFailed("Running as root, and there is neither an account postgres nor nobody.")


@dataclass(frozen=True)
class Leash:
    """How a child is tethered: who it runs as, and what it gets when its parent dies.

    `keep="family"` is for a program whose own children would otherwise outlive it.
    """

    account: Account | None = None
    at_parent_death: signal.Signals = signal.SIGKILL
    keep: Literal["alone", "family"] = "alone"

    def command(self) -> list[str]:
        who = f"{self.account.pw_uid}:{self.account.pw_gid}" if self.account else "-"
        words = [str(os.getpid()), str(int(self.at_parent_death)), who, self.keep]
        return [sys.executable, "-I", "-S", tether.__file__, *words]


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: str | Path = "/",
    stdout: IO[bytes] | int | None = None,
    leash: Leash = Leash(),
) -> Process:
    """Start a tethered child in its own session, where the terminal's Ctrl-C does not reach it.

    A file takes its errors as well; those of a pipe go where the parent's go.
    """
    is_file = stdout is not None and not isinstance(stdout, int)
    return subprocess.Popen(
        [*leash.command(), *map(str, command)],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if is_file else None,
        start_new_session=True,
    )


def stop(processes: Iterable[Process], with_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask all to end, wait for all; whoever does not listen is killed with its whole session."""
    processes = list(processes)
    for process in processes:
        if process.poll() is None:
            process.send_signal(with_signal)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
