"""Run a command that ends when whoever started it ends, kill -9 included.

    python tether.py <parent pid> <signal at its death> <uid:gid or -> <command> …

A program of its own, not a `preexec_fn`: that runs between fork and exec, which is not safe once
the parent has threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int, signal: int) -> None:
    """Ask the kernel for `signal` at the death of `parent`; leave at once if it is gone already.

    Linux only. Elsewhere a killed supervisor leaves its children, which the next start ends.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def become(account: str) -> None:
    uid, gid = map(int, account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(parent: str, signal: str, account: str, *command: str) -> None:
    if account != "-":
        become(account)
    die_with_parent(int(parent), int(signal))  # a change of user would clear it: so after it
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
