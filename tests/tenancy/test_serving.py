"""Who may not serve: roles that see past the policies, and processes that lack an address."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from district.tenancy.provisioning import APPLICATION, BACKUP, OWNER
from district.tenancy.serving import refuse_powerful_role

BecomeRole = Callable[[str], None]


@pytest.fixture
def become(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[BecomeRole]:
    """become(role) reconnects as that role, for servers that ask no password of it."""

    def reconnect(role: str) -> None:
        connection.close()
        with monkeypatch.context() as patch:
            patch.setitem(connection.settings_dict, "USER", role)
            try:
                connection.connect()
            except OperationalError:
                pytest.skip(f"the server does not let the tests in as {role}")

    yield reconnect
    connection.close()


def test_the_application_role_may_serve(become):
    become(APPLICATION)

    refuse_powerful_role()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) > 0 FROM pg_class WHERE relrowsecurity")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    ("role", "finding"),
    [("postgres", "is a superuser"), (BACKUP, "has BYPASSRLS"), (OWNER, "owns tables")],
)
def test_a_role_that_sees_past_the_policies_is_refused(become, role, finding):
    become(role)

    with pytest.raises(ImproperlyConfigured, match=f"the role {role} {finding}"):
        refuse_powerful_role()


def start(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    mine = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DATABASE_OWNER_URL"}}
    return subprocess.run(
        [sys.executable, *command],
        env={**mine, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


SERVING = {
    "web": ["-c", "import district.wsgi"],
    "worker": ["-m", "celery", "--app", "district.celery", "worker", "--pool", "solo"],
}


@pytest.mark.parametrize("command", SERVING.values(), ids=SERVING)
def test_a_process_does_not_start_as_superuser(command):
    if urlsplit(os.environ["DATABASE_OWNER_URL"]).password:
        pytest.skip("the server asks the superuser for a password")
    superuser = os.environ["DATABASE_OWNER_URL"].replace(OWNER, "postgres")

    ended = start(command, DATABASE_URL=superuser)

    assert ended.returncode == 1
    assert "the role postgres is a superuser" in ended.stderr


@pytest.mark.parametrize("command", SERVING.values(), ids=SERVING)
def test_a_process_that_lacks_an_address_names_it(command):
    ended = start(command)

    assert ended.returncode != 0
    assert "DATABASE_URL" in ended.stderr
