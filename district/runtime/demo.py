"""The whole product in one foreground process."""

import http.client
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from district.demo.plans import LOG_INS, PASSWORD

from . import folders, node, preparation, texts
from .processes import Log, StartFailed, stop
from .services import OWNER, Services
from .supervisor import Program, Supervisor, run
from .tether import die_with_parent

BIN = Path(sys.executable).parent
MANAGE: list[str | Path] = [sys.executable, folders.ROOT / "manage.py"]
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
WEB_THREADS = 4
READY_SECONDS = 60
AS_ROOT = "ignore:You're running the worker with superuser"  # it is one machine's play
WORKER_READY = folders.LOCAL / "worker-ready"


class Demo:
    """Starts the services, brings the database up to date, runs web, worker and beat."""

    def __init__(self, host: str, port: int, *, log: Log) -> None:
        self.host = host
        self.port = port
        self.log = log

    def run(self) -> None:
        """Returns when it is interrupted; raises StartFailed when it cannot go on."""
        with _interruptible(), _only_one_here():
            _end_with_uv()
            self.port = _free_port(self.host, self.port)
            node.install(self.log)
            texts.compile_all()
            with self._services() as services:
                self._prepare(services)
                self._serve(services)

    def _services(self) -> Services:
        services = Services(folders.LOCAL, folders.sockets(), throwaway=False, log=self.log)
        hosts = "*" if self.host in EVERYWHERE else f"localhost,127.0.0.1,[::1],{self.host}"
        services.environment["DISTRICT_DEMO"] = "1"
        services.environment.setdefault("SECRET_KEY", _lasting_secret())
        services.environment.setdefault("LOG_LEVEL", "WARNING")
        services.environment.setdefault("ALLOWED_HOSTS", hosts)
        services.environment.setdefault("BASE_URL", f"http://{_in_url(self.host)}:{self.port}")
        return services

    def _prepare(self, services: Services) -> None:
        """Migrate and seed where due, the only step that sees the owner's address."""
        owner_url = services.as_owner[OWNER]
        if preparation.is_done(owner_url):
            return
        self.log("bringing the database up to date")
        run([*MANAGE, "seed_demo"], services.as_owner)
        preparation.mark_done(owner_url)

    def _serve(self, services: Services) -> None:
        programs = _programs(self.host, self.port, services.environment)
        supervisor = Supervisor([*services.members, *programs], self.log)
        try:
            WORKER_READY.unlink(missing_ok=True)
            for program in programs:
                program.start()
            self._wait_until_ready(supervisor)
            self.log(f"ready: http://{_in_url(self.host)}:{self.port}/")
            self.log(_log_ins())
            while True:
                supervisor.revive()
                time.sleep(0.2)
        finally:
            self.log("stopping")
            stop(program.process for program in programs if program.process)

    def _wait_until_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + READY_SECONDS
        address = EVERYWHERE.get(self.host, self.host)
        while not (_is_healthy(address, self.port) and WORKER_READY.exists()):
            if time.monotonic() > deadline:
                late = "The worker" if _is_healthy(address, self.port) else "/healthz"
                raise StartFailed(f"{late} did not answer within {READY_SECONDS} seconds.")
            supervisor.revive()
            time.sleep(0.1)


def _programs(host: str, port: int, environment: Mapping[str, str]) -> list[Program]:
    celery: list[str | Path] = [BIN / "celery", "--app", "district.celery", "--quiet"]
    # One process with threads and beat inside: the demo's tasks are few, each process is 140 MB.
    lean = ["--pool", "threads", "--concurrency", "2", "--without-mingle", "--without-gossip"]
    lean += ["--beat", "--schedule", str(folders.LOCAL / "beat-schedule")]
    granian: list[str | Path] = [
        BIN / "granian",
        "--interface",
        "wsgi",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    threads = ["--workers", "1", "--blocking-threads", str(WEB_THREADS)]
    address = ["--host", host, "--port", str(port)]
    return [
        Program(
            "web",
            [*granian, *threads, *address, "--respawn-failed-workers", "district.wsgi:application"],
            {**environment, "DATABASE_POOL_SIZE": str(WEB_THREADS)},
        ),
        Program(
            "worker",
            [*celery, "worker", *lean, "--loglevel", "WARNING"],
            {**environment, "WORKER_READY_FILE": str(WORKER_READY), "PYTHONWARNINGS": AS_ROOT},
        ),
    ]


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first signal ends the demo in good order; a second one must not cut that short."""

    def end(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with suppress(KeyboardInterrupt):
        yield


@contextmanager
def _only_one_here() -> Iterator[None]:
    try:
        folders.LOCAL.mkdir(exist_ok=True)
        held = folders.lock(folders.LOCAL / "demo.lock")
    except PermissionError as error:
        raise StartFailed(f"{error.filename} belongs to another account: start as that.") from error
    if not held:
        raise StartFailed("The demo is already running from this folder.")
    with held:
        yield


def _end_with_uv() -> None:
    """`uv run` is then our parent: where it is killed, the demo must not stay behind."""
    parent = os.getppid()
    name = Path(f"/proc/{parent}/comm")
    if name.is_file() and name.read_text().strip() == "uv":
        die_with_parent(parent, signal.SIGTERM)


def _free_port(host: str, port: int) -> int:
    """The port, or any free one for 0; raises StartFailed where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"{host}:{port} cannot be used ({error.strerror})"
            raise StartFailed(f"{reason}: choose another with --port.") from error
        return int(probe.getsockname()[1])


def _lasting_secret() -> str:
    """Made once per checkout, so that people stay signed in over a restart."""
    path = folders.LOCAL / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def _log_ins() -> str:
    lines = [f"Log-ins, all with the password {PASSWORD}:"]
    for entry in LOG_INS:
        places = ", ".join(f"{slug} ({role[1]})" for slug, role in entry["roles"].items())
        lines.append(f"  {entry['email']:24} {places}")
    return "\n".join(lines)


def _in_url(host: str) -> str:
    name = EVERYWHERE.get(host, host)
    return f"[{name}]" if ":" in name else name


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
