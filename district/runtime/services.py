"""PostgreSQL and Redis for one process tree: those the environment names, else embedded ones."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from district.tenancy.provisioning import provision

from . import folders, node
from .postgres import Postgres
from .processes import Log, Process, StartFailed
from .redis import Redis

OWNER = "DATABASE_OWNER_URL"


class Member(Protocol):
    """A child process that a supervisor starts, watches and stops."""

    name: str
    process: Process | None

    def start(self) -> None: ...
    def stop(self) -> None: ...


class Services:
    """Starts what is missing; `environment` is what a process needs to reach all of it.

    `environment` has no owner's address: that is handed to migrations alone, by `as_owner`.
    """

    def __init__(self, folder: Path, sockets: Path, *, throwaway: bool, log: Log) -> None:
        self.folder = folder
        self.sockets = sockets
        self.throwaway = throwaway
        self.log = log
        self.members: list[Member] = []
        self.environment = {k: v for k, v in os.environ.items() if k != "DISTRICT_OFFLINE"}
        self.owner_url = self.environment.pop(OWNER, "")

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            if not self.environment.get("DATABASE_URL"):
                self._embed_postgres()
            if not self.environment.get("REDIS_URL"):
                self._embed_redis()
        except BaseException:
            self.stop()
            raise
        self.environment.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def as_owner(self) -> dict[str, str]:
        if not self.owner_url:
            raise StartFailed(f"DATABASE_URL is set, so {OWNER} must be too: migrations need it.")
        return {**self.environment, OWNER: self.owner_url}

    def stop(self) -> None:
        while self.members:
            self.members.pop().stop()

    def _embed_postgres(self) -> None:
        node.install(self.log)
        server = Postgres(self.folder, self.sockets, throwaway=self.throwaway)
        self._start(server)
        urls = provision(server.url(), "district")
        self.environment["DATABASE_URL"] = urls.application
        self.owner_url = urls.owner

    def _embed_redis(self) -> None:
        server = Redis(self.folder, self.sockets, log=self.log)
        self._start(server)
        self.environment["REDIS_URL"] = server.url()

    def _start(self, server: Member) -> None:
        self.members.append(server)
        server.start()


@contextmanager
def throwaway_services(log: Log) -> Iterator[Services]:
    """Services whose data is gone afterwards, on plain HTTP."""
    folder = folders.Throwaway()
    sockets = folders.ours(folder.path / "sockets", mode=0o711)
    try:
        with Services(folder.path, sockets, throwaway=True, log=log) as services:
            services.environment.setdefault("DISTRICT_LOCAL", "1")
            yield services
    finally:
        folder.remove()
