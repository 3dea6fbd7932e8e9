"""Many clients at once, each a process with an interpreter lock and a connection of its own."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from django.db import connections

Item = TypeVar("Item")
Result = TypeVar("Result")
FORK = get_context("fork")  # a child is the parent as it stands: its scratch database, its mutants


@dataclass(frozen=True)
class Run(Generic[Result]):
    """What the clients returned, how long they took together, and their own processor time."""

    results: Sequence[Result]
    seconds: float
    client_cpu_seconds: float


def in_processes(
    clients: int,
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    warm_up: Sequence[Item] = (),
    meanwhile: Callable[[], None] = lambda: None,
) -> Run[Result]:
    """Work through the items with so many processes; raises where one of them failed.

    Each client first works through its share of `warm_up`; the clock runs once all have.
    `meanwhile` runs in this process while they work.
    """
    taken = FORK.Value("i", 0)

    def client(number: int, parent: Connection) -> None:
        for item in warm_up[number::clients]:
            work(item)
        parent.send("ready")
        parent.recv()
        begun, results = time.process_time(), []
        while (position := _next(taken)) < len(items):
            results.append(work(items[position]))
        parent.send((results, time.process_time() - begun))

    answers, seconds = _raced([forked(client, number) for number in range(clients)], meanwhile)
    results = [result for found, _cpu in answers for result in found]
    return Run(results, seconds, sum(cpu for _found, cpu in answers))


def _raced(children: Sequence["Child"], meanwhile: Callable[[], None]) -> tuple[list[Any], float]:
    """What they answer, and how long they took from the moment all were ready."""
    for child in children:
        child.received()
    begun = time.perf_counter()
    for child in children:
        child.pipe.send("go")
    meanwhile()
    answers = [child.received() for child in children]
    seconds = time.perf_counter() - begun
    for child in children:
        child.process.join()
    return answers, seconds


@dataclass(frozen=True)
class Child:
    process: BaseProcess
    pipe: Connection

    def received(self) -> Any:
        """What the child says next; raises RuntimeError when it has ended without a word."""
        try:
            return self.pipe.recv()
        except EOFError:
            raise RuntimeError("a client ended before its work was done") from None


def forked(work: Callable[[int, Connection], None], number: int = 0) -> Child:
    """A child that runs `work`, told its number and how to talk to its parent."""
    connections.close_all()
    ours, theirs = FORK.Pipe()

    def run() -> None:
        ours.close()
        try:
            work(number, theirs)
        finally:
            connections.close_all()

    process = FORK.Process(target=run, daemon=True)
    process.start()
    theirs.close()
    return Child(process, ours)


def _next(taken: Any) -> int:
    with taken.get_lock():
        position = int(taken.value)
        taken.value += 1
    return position
