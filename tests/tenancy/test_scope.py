"""The scope: nothing without it, one district at a time, and nothing left behind."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count

from district.models import Community, District, Organization, Person
from district.tenancy.models import uuid7
from district.tenancy.scope import NoScope, ScopeConflict, current_district_id, scope
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
