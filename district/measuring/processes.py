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
PATIENCE_SECONDS = 600


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
) -> Run[Result]:
    """Work through the items with so many processes; raises where one of them failed.

    Each client first works through its share of `warm_up`; the clock runs once all have.
    """
    start, taken = FORK.Barrier(clients + 1), FORK.Value("i", 0)

    def client(number: int, answer: Connection) -> None:
        try:
            for item in warm_up[number::clients]:
                work(item)
            start.wait(PATIENCE_SECONDS)
            begun, results = time.process_time(), []
            while (position := _next(taken)) < len(items):
                results.append(work(items[position]))
            answer.send((results, time.process_time() - begun))
        except BaseException:
            start.abort()
            raise
        finally:
            connections.close_all()

    children = [forked(client, number) for number in range(clients)]
    start.wait(PATIENCE_SECONDS)
    begun = time.perf_counter()
    answers = [_received(receiver) for _child, receiver in children]
    seconds = time.perf_counter() - begun
    for child, _receiver in children:
        child.join()
    results = [result for found, _cpu in answers for result in found]
    return Run(results, seconds, sum(cpu for _found, cpu in answers))


def forked(work: Callable[[int, Connection], None], number: int) -> tuple[BaseProcess, Connection]:
    """A child that runs `work`, and the end of a pipe on which it answers."""
    connections.close_all()
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=work, args=(number, sender), daemon=True)
    child.start()
    sender.close()
    return child, receiver


def _received(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        raise RuntimeError("a client ended before its work was done") from None


def _next(taken: Any) -> int:
    with taken.get_lock():
        position = int(taken.value)
        taken.value += 1
    return position
