"""Folders: the project's own, short ones for sockets, reachable ones for another account."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

from .processes import Account, StartFailed

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = ROOT / ".local"
# Not TMPDIR: a socket's whole path must fit in 107 bytes.
TEMPORARY = Path("/tmp")  # noqa: S108
LASTING = Path("/var/tmp")  # noqa: S108
YOUNG_SECONDS = 60


def checkout() -> str:
    """Tells one checkout on this machine from another."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def lock(path: Path) -> IO[str] | None:
    """Hold the file until it is closed or we die; None while another process holds it."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def ours(path: Path, *, mode: int, account: Account | None = None) -> Path:
    """Make the folder, of that mode and account, refusing one that somebody else put there."""
    path.mkdir(mode=0o700, exist_ok=True)
    owners = {os.geteuid(), account.pw_uid if account else os.geteuid()}
    if path.is_symlink() or path.lstat().st_uid not in owners:
        raise StartFailed(f"{path} was made by somebody else: remove it and start again.")
    path.chmod(mode)  # mkdir's mode is cut by the umask
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def sockets() -> Path:
    """Where the demo's servers put their sockets, each in a closed folder of its own."""
    return ours(TEMPORARY / f"district-{os.geteuid()}-{checkout()}", mode=0o711)


def outside() -> Path:
    """For root: where another account can go when the project lies below a closed folder."""
    return ours(LASTING / f"district-{checkout()}", mode=0o755)


class Throwaway:
    """A folder for one run. Those of runs that were killed are removed by the next one."""

    def __init__(self) -> None:
        prefix = f"district-{os.geteuid()}-test-"
        for old in TEMPORARY.glob(f"{prefix}*"):
            _remove_if_abandoned(old)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=TEMPORARY))
        self.held = lock(self.path / "lock")
        self.path.chmod(0o711)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self.held:
            self.held.close()


def _remove_if_abandoned(path: Path) -> None:
    try:
        if time.time() - path.stat().st_mtime < YOUNG_SECONDS:
            return  # perhaps being made, and not locked yet
        held = lock(path / "lock")
    except OSError:
        return
    if held:
        shutil.rmtree(path, ignore_errors=True)
        held.close()
