"""Run a command that ends when whoever started it ends, kill -9 included.

    python tether.py <parent pid> <signal at its death> <uid:gid or -> <keep> <command> …

`keep` is "alone" or "family". The kernel tells only children, not theirs: a family gets a watcher,
which ends with the command whatever the command started.

A program of its own, not a `preexec_fn`: that runs between fork and exec, which is not safe once
the parent has threads.
"""

import ctypes
import os
import signal as signals
import sys
import time

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


def watch_over_family() -> None:
    """Fork a watcher, which kills the whole session as soon as this process is gone."""
    head = os.getpid()
    if os.fork():
        return
    signals.signal(signals.SIGUSR1, lambda *_: os.killpg(head, signals.SIGKILL))
    die_with_parent(head, signals.SIGUSR1)
    while os.getppid() == head:
        time.sleep(1)  # the signal comes at once; this is for systems that send none
    os.killpg(head, signals.SIGKILL)


def main(parent: str, signal: str, account: str, keep: str, *command: str) -> None:
    if account != "-":
        become(account)
    if keep == "family":
        watch_over_family()
    die_with_parent(int(parent), int(signal))  # a change of user would clear it: so after it
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
