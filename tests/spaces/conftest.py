"""Fixtures of races."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

PATIENCE_SECONDS = 0.5


@pytest.fixture
def meet(monkeypatch) -> Callable[[object, str], None]:
    """meet(module, name): who has just done this waits for the other, if that one can come."""
    meeting = Barrier(2)

    def wait_after(module: object, name: str) -> None:
        act = getattr(module, name)

        def act_and_wait(*args, **kwargs):
            result = act(*args, **kwargs)
            with suppress(BrokenBarrierError):
                meeting.wait(PATIENCE_SECONDS)
            return result

        monkeypatch.setattr(module, name, act_and_wait)

    return wait_after
