"""Keeps the members of the demo running, and gives up on one that keeps ending."""

import subprocess
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from .folders import ROOT
from .processes import Leash, Log, Process, StartFailed, spawn, stop
from .services import Member

RESTARTS = 5
WITHIN_SECONDS = 60


class Program:
    """One of our own processes."""

    def __init__(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: Process | None = None

    def start(self) -> None:
        self.process = spawn(
            self.command, environment=self.environment, folder=ROOT, leash=Leash(keep="family")
        )

    def stop(self) -> None:
        if self.process:
            stop([self.process])


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """What the command printed when it ended; raises StartFailed where it ended badly."""
    process = spawn(command, environment=environment, folder=ROOT, stdout=subprocess.PIPE)
    try:
        printed, _ = process.communicate()
    finally:
        stop([process])
    if process.returncode:
        raise StartFailed(f"`{' '.join(map(str, command[1:]))}` ended with {process.returncode}.")
    return printed.decode()


class Supervisor:
    def __init__(self, members: Sequence[Member], log: Log) -> None:
        self.members = members
        self.log = log
        self.restarts: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RESTARTS))

    def revive(self) -> None:
        """Start whoever has ended; raises StartFailed for one that ends again and again."""
        for member in self.members:
            code = member.process.poll() if member.process else None
            if code is None:
                continue
            now, before = time.monotonic(), self.restarts[member.name]
            if len(before) == RESTARTS and now - before[0] < WITHIN_SECONDS:
                raise StartFailed(f"{member.name} keeps ending (the last time with {code}).")
            self.log(f"{member.name} ended with {code}: starting it again")
            time.sleep(0.3 * len(before))
            before.append(now)
            member.start()
