"""Many clients at once, each with its own connection, closed when it is done."""

from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from django.db import connections

Item = TypeVar("Item")


def at_once(clients: int, work: Callable[[Item], None], items: Iterable[Item]) -> None:
    """Work through the items with so many threads; raises the first error any of them met."""
    queue: SimpleQueue[Item] = SimpleQueue()
    errors: list[BaseException] = []
    for item in items:
        queue.put(item)

    def client() -> None:
        try:
            while not errors:
                work(queue.get_nowait())
        except Empty:
            pass
        except BaseException as error:  # handed to the caller below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
