"""The scope: nothing without it, one district at a time, and nothing left behind."""

from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from district.models import Community, District, Organization, Person
from district.tenancy.models import uuid7
from district.tenancy.scope import (
    NoScope,
    ScopeConflict,
    current_district_id,
    for_each_district,
    scope,
)
from tests.factories import (
    CommunityFactory,
    DistrictFactory,
    MembershipFactory,
    OrganizationFactory,
)


@pytest.fixture
def two(db: None) -> tuple[District, District]:
    """Two districts with a community each, called ours and theirs."""
    ours, theirs = DistrictFactory(), DistrictFactory()
    for district, name in ((ours, "ours"), (theirs, "theirs")):
        with scope(district.pk):
            CommunityFactory(name_en=name)
    return ours, theirs


def count_in_sql() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM district_community")
        return int(cursor.fetchone()[0])


def test_nothing_is_reachable_without_a_scope(two):
    with pytest.raises(NoScope):
        Community.objects.count()
    with pytest.raises(NoScope):
        Community.objects.create(code="x", name_en="X")
    with pytest.raises(NoScope):
        current_district_id()


@pytest.mark.django_db(transaction=True)
def test_plain_sql_sees_nothing_without_a_scope():
    with scope(DistrictFactory().pk):
        CommunityFactory()
        assert count_in_sql() == 1

    assert count_in_sql() == 0


def test_a_scope_sees_its_district_alone(two):
    ours, _ = two

    with scope(ours.pk):
        assert [row.name_en for row in Community.objects.all()] == ["ours"]
        assert count_in_sql() == 1


def test_a_queryset_made_outside_reads_the_scope_it_runs_in(two):
    ours, theirs = two
    with scope(ours.pk):
        rows = Community.objects.order_by("id")
        assert [row.name_en for row in rows.all()] == ["ours"]

    with scope(theirs.pk):
        assert [row.name_en for row in rows.all()] == ["theirs"]


def test_a_scope_inside_another_district_s_is_refused(two):
    ours, theirs = two

    with scope(ours.pk), pytest.raises(ScopeConflict), scope(theirs.pk):
        pass


def test_leaving_an_inner_scope_leaves_the_outer_one_in_force(two):
    ours, _ = two

    with scope(ours.pk):
        with scope(ours.pk):
            pass

        assert current_district_id() == ours.pk
        assert count_in_sql() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE district_community SET district_id = %s",
        "INSERT INTO district_community SELECT * FROM district_community WHERE district_id = %s",
        "TRUNCATE district_community -- %s",
    ],
)
def test_the_database_refuses_to_plant_move_or_empty(two, statement):
    ours, theirs = two

    with scope(ours.pk):
        with connection.cursor() as cursor, transaction.atomic():
            try:
                cursor.execute(statement, [theirs.pk])
                touched = cursor.rowcount
            except DatabaseError:
                touched = 0
                transaction.set_rollback(True)

        assert touched == 0
        assert count_in_sql() == 1


def test_changing_rows_raises_their_revision(two):
    ours, _ = two
    with scope(ours.pk):
        row = Community.objects.get()
        before = row.revision
        row.save(update_fields=["name_en"])
        Community.objects.update(name_en="changed")
        Community.objects.bulk_update([row], ["name_zh"])

        row.refresh_from_db()
        assert row.revision == before + 3


def test_joins_counts_and_reverse_relations_stay_inside(two):
    ours, theirs = two
    with scope(theirs.pk):
        MembershipFactory()
    with scope(ours.pk):
        organization = OrganizationFactory()
        members = [MembershipFactory(organization=organization) for _ in range(2)]

        counted = Organization.objects.annotate(people=Count("memberships")).get()
        people = Person.objects.filter(memberships__organization=organization)

        assert counted.people == 2
        assert set(people) == {member.person for member in members}
        assert list(organization.memberships.order_by("id")) == members


def test_uuid7_rises_and_says_its_version():
    made = [uuid7() for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert {(row.version, row.variant) for row in made} == {(7, "specified in RFC 4122")}


@pytest.mark.django_db(transaction=True)
def test_a_scope_inside_a_transaction_takes_its_setting_back():
    with scope(DistrictFactory().pk):
        CommunityFactory()
    with transaction.atomic():
        with scope(District.objects.get().pk):
            assert count_in_sql() == 1

        assert count_in_sql() == 0


def _fail_in(district: District) -> None:
    with scope(district.pk):
        CommunityFactory()
        assert count_in_sql() == 1
        _ = 1 / 0


@pytest.mark.django_db(transaction=True)
def test_a_scope_that_fails_leaves_nothing_behind():
    ours = DistrictFactory()
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            _fail_in(ours)

        with pytest.raises(NoScope):
            current_district_id()
        assert count_in_sql() == 0
    with scope(ours.pk):
        assert count_in_sql() == 0


def test_threads_have_scopes_of_their_own(two):
    ours, _ = two
    seen: list[object] = []

    def look() -> None:
        try:
            current_district_id()
        except NoScope as error:
            seen.append(error)

    with scope(ours.pk):
        thread = Thread(target=look)
        thread.start()
        thread.join()

    assert len(seen) == 1


def test_data_migrations_reach_the_rows_of_every_district(two):
    ours, theirs = two
    reached = {}

    def rename(district_id: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE district_community SET name_en = name_en || '!'")
            reached[district_id] = cursor.rowcount

    for_each_district(rename)

    assert reached == {ours.pk: 1, theirs.pk: 1}
    with scope(theirs.pk):
        assert Community.objects.get().name_en == "theirs!"


def test_a_row_that_breaks_a_data_migration_breaks_all_of_it(two):
    ours, theirs = two

    def rename(district_id: int) -> None:
        Community.objects.update(name_en="renamed")
        if district_id == theirs.pk:
            raise ValueError("a row that does not fit")

    with pytest.raises(ValueError, match="does not fit"), transaction.atomic():
        for_each_district(rename)

    with scope(ours.pk):
        assert Community.objects.get().name_en == "ours"
