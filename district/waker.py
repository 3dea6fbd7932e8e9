"""Asks for background work soon, without anybody waiting for the broker."""

import time
from threading import Condition, Thread
from typing import Final

import structlog
from kombu.exceptions import OperationalError

from district.celery import app

log = structlog.get_logger(__name__)

RELAY: Final = "district.relay_activities"
JOBS: Final = "district.run_jobs"
BROKER_TIMEOUT_SECONDS: Final = 0.2
PAUSE_SECONDS: Final = 1.0  # what is asked meanwhile becomes one more request
OPTIONS: Final = {
    "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
    "socket_timeout": BROKER_TIMEOUT_SECONDS,
    "max_retries": 0,
}


class Waker:
    """One thread per process sends the requests; equal ones that wait become one.

    A broker that is down loses a request, never a row: beat runs all of these tasks each minute.
    """

    def __init__(self) -> None:
        self._waiting: set[tuple[str, int]] = set()
        self._changed = Condition()
        self._thread: Thread | None = None

    def wake(self, district_id: int, task: str = RELAY) -> None:
        with self._changed:
            self._waiting.add((task, district_id))
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="waker", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                requests, self._waiting = self._waiting, set()
            self._send(requests)
            time.sleep(PAUSE_SECONDS)

    def _send(self, requests: set[tuple[str, int]]) -> None:
        try:
            with app.connection_for_write(
                connect_timeout=BROKER_TIMEOUT_SECONDS, transport_options=OPTIONS
            ) as broker:
                for task, district_id in requests:
                    app.send_task(task, [district_id], connection=broker, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("nobody woken", requests=sorted(requests), error=str(error))


wake = Waker().wake
