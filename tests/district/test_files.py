"""Bytes in storage: there as long as their row is, whatever becomes of the transaction."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from district.actions.files import Readers, keep_file, sweep_files
from district.models import District, File, FileAudience
from district.rules import RuleViolation
from district.tasks import sweep_all_files
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from tests.factories import DistrictFactory

PUBLIC = Readers(FileAudience.PUBLIC)


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def quarter(transactional_db) -> District:
    return DistrictFactory()


def keep(content: bytes = b"contents") -> File:
    return keep_file("plan.pdf", content, content_type="application/pdf", readers=PUBLIC)


def stored(quarter: District) -> set[str]:
    folder = Path(default_storage.path(str(quarter.pk)))
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_bytes_stay_where_the_row_was_committed(quarter):
    with scope(quarter.pk):
        file = keep()

    assert stored(quarter) == {str(file.pk)}


def test_bytes_go_with_a_transaction_that_fails(quarter):
    def fail() -> None:
        with scope(quarter.pk):
            keep()
            assert len(stored(quarter)) == 1
            raise RuleViolation("too_late", "Too late.")

    with pytest.raises(RuleViolation):
        fail()

    assert stored(quarter) == set()


def test_bytes_go_with_a_transaction_that_is_marked_for_undoing(quarter):
    """As the middleware does where a page answers with an error."""
    with scope(quarter.pk):
        keep()
        transaction.set_rollback(True)

    assert stored(quarter) == set()


def test_only_the_bytes_of_an_undone_part_go(quarter):
    def refused() -> None:
        with scope(quarter.pk):
            keep(b"refused")
            raise RuleViolation("no", "No.")

    with scope(quarter.pk):
        file = keep()
        with pytest.raises(RuleViolation):
            refused()
        assert len(stored(quarter)) == 2

    assert stored(quarter) == {str(file.pk)}


def put(quarter: District, name: str, *, days_old: float) -> None:
    path = default_storage.save(f"{quarter.pk}/{name}", ContentFile(b"left behind"))
    moment = (timezone.now() - timedelta(days=days_old)).timestamp()
    os.utime(default_storage.path(path), (moment, moment))


def test_sweep_removes_what_is_old_and_has_no_row(quarter):
    old, young, other = (str(uuid7()) for _ in range(3))
    with scope(quarter.pk):
        kept = str(keep().pk)
    long_ago = (timezone.now() - timedelta(days=9)).timestamp()
    os.utime(default_storage.path(f"{quarter.pk}/{kept}"), (long_ago, long_ago))
    put(quarter, old, days_old=2)
    put(quarter, young, days_old=0.5)
    put(quarter, "README", days_old=9)
    elsewhere = DistrictFactory()
    put(elsewhere, other, days_old=9)

    with scope(quarter.pk):
        removed = sweep_files(written_before=timezone.now() - timedelta(days=1))

    assert removed == 1
    assert stored(quarter) == {kept, young, "README"}
    assert stored(elsewhere) == {other}


def test_every_night_all_districts_are_swept(quarter):
    elsewhere, empty = DistrictFactory(), DistrictFactory()
    for district in (quarter, elsewhere):
        put(district, str(uuid7()), days_old=2)

    sweep_all_files()

    assert [stored(row) for row in (quarter, elsewhere, empty)] == [set(), set(), set()]
    schedule = django_settings.CELERY_BEAT_SCHEDULE["files"]
    assert schedule["task"] == sweep_all_files.name
