"""An embedded PostgreSQL server on a private socket, for the demo and for tests."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from . import folders, node
from .processes import Account, Leash, Process, StartFailed, spawn, stop, unprivileged_account

SUPERUSER = "postgres"
START_SECONDS = 60
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Data that nobody will miss may be lost with the machine.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    """One cluster and the server over it. Sockets are for us alone, so no password is asked."""

    name = "postgresql"

    def __init__(self, folder: Path, sockets: Path, *, throwaway: bool) -> None:
        self.sockets = sockets / "postgresql"
        self.log_file = folder / "postgresql.log"
        self.options = {**OPTIONS, "unix_socket_directories": str(self.sockets)}
        if throwaway:
            self.options |= THROWAWAY
        self.native = node.postgresql()
        self.data = folder / "postgresql"
        self.account = self._account()
        self.process: Process | None = None

    def start(self) -> None:
        """Returns when the server answers; raises StartFailed with the end of its log."""
        self._place()
        self._create_cluster()
        self._end_orphan()
        deadline = time.monotonic() + START_SECONDS
        self.process = self._launch()
        while not self._answers():
            if self.process.poll() is not None:
                # After a crash the old back ends hold its memory for a moment: then try again.
                self._refuse_after(deadline - START_SECONDS + 10)
                time.sleep(0.5)
                self.process = self._launch()
            self._refuse_after(deadline)
            time.sleep(0.03)

    def stop(self) -> None:
        if self.process:
            stop([self.process], signal.SIGINT)  # SIGTERM would wait for every client

    def url(self, database: str = SUPERUSER) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _account(self) -> Account | None:
        account = unprivileged_account()
        if account and self.data.exists() and (owner := self.data.stat().st_uid):
            return pwd.getpwuid(owner)  # a cluster that somebody else made stays theirs
        return account

    def _place(self) -> None:
        """Move out of the project what our account cannot reach in it."""
        folders.ours(self.sockets, mode=0o700, account=self.account)
        if not self.account:
            return
        if not self._reachable(self.native / "bin/postgres", self.native / "lib/libpq.so.5"):
            self.native = self._copy_of_programs()
        if not self._reachable(self.data.parent):
            self.data = folders.outside() / self.data.name

    def _reachable(self, *paths: Path) -> bool:
        """Asked of the kernel as that account: modes of all parents and ACLs count."""
        return all(
            self._run("/usr/bin/test", flag, path).returncode == 0
            for path in paths
            for flag in (["-x"] if path.is_dir() else ["-r"])
        )

    def _copy_of_programs(self) -> Path:
        version = json.loads((self.native.parent / "package.json").read_text())["version"]
        target = folders.outside() / f"postgresql-{version}"
        if not target.exists():
            partial = target.with_name(f"{target.name}.{os.getpid()}")
            shutil.copytree(self.native, partial, symlinks=True)
            for path in [partial, *partial.rglob("*")]:
                if not path.is_symlink():
                    program = path.is_dir() or path.parent.name == "bin"
                    path.chmod(0o755 if program else 0o644)
            partial.rename(target)
        return target

    def _create_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        partial = self.data.with_name(f"{self.data.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
        if self.account:
            os.chown(partial, self.account.pw_uid, self.account.pw_gid)
        made = self._run(
            *(self.native / "bin/initdb", "-D", partial, "-U", SUPERUSER, "-A", "trust"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
        )
        if made.returncode:
            raise StartFailed(f"initdb failed:\n{made.stdout}{made.stderr}")
        partial.rename(self.data)  # so that half a cluster is never taken for one

    def _end_orphan(self) -> None:
        """A server that outlived its supervisor must go before ours can have the cluster."""
        control = self.native / "bin/pg_ctl"
        if (self.data / "postmaster.pid").exists():
            self._run(control, "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30")

    def _launch(self) -> Process:
        settings = [part for item in self.options.items() for part in ("-c", "=".join(item))]
        with self.log_file.open("ab") as output:
            return spawn(
                [self.native / "bin/postgres", "-D", self.data, *settings],
                environment=ENVIRONMENT,
                stdout=output,
                leash=Leash(self.account, at_parent_death=signal.SIGINT),
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _refuse_after(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            self.stop()
            raise StartFailed(f"PostgreSQL did not start:\n{self.log_file.read_text()[-2000:]}")

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        who = self.account
        return subprocess.run(
            list(map(str, command)),
            cwd="/",
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
            extra_groups=[] if who else None,
        )
