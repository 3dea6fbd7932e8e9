"""Child processes that never outlive us, and the account that runs those which refuse root."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    at_parent_death: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    stdout: IO[bytes] | int | None = None,
    stderr: IO[bytes] | int | None = None,
    folder: str | Path = "/",
    keep: Literal["alone", "family"] = "alone",
) -> Process:
    """Start a tethered child in its own session, where the terminal's Ctrl-C does not reach it.

    `keep="family"` is for a program whose own children would otherwise outlive it.
    """
    who = f"{account.pw_uid}:{account.pw_gid}" if account else "-"
    leash = [tether.__file__, str(os.getpid()), str(int(at_parent_death)), who, keep]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", *leash, *map(str, command)],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
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
