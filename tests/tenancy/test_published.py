"""Reading across districts: published rows alone, inside a scope that writes nothing."""

import pytest
from django.db import DatabaseError, InternalError, connection, transaction
from django.test import Client

from district.models import Community, District
from district.tenancy.scope import NoScope, published_scope, scope
from district.tenancy.tables import published_tables, tenant_tables
from tests.factories import CommunityFactory, DistrictFactory, OrganizationFactory


@pytest.fixture
def two(db: None) -> tuple[District, District]:
    """Two districts, each with a published community, a private one and a company."""
    districts = DistrictFactory(), DistrictFactory()
    for district, name in zip(districts, ("ours", "theirs"), strict=True):
        with scope(district.pk):
            CommunityFactory(code="open", name_en=f"{name} open", name_zh="", is_published=True)
            CommunityFactory(code="closed", name_en=f"{name} closed", name_zh="")
            OrganizationFactory(name_en=name)
    return districts


def names() -> list[str]:
    return [row.name_en for row in Community.published.order_by("name_en")]


def rows_in_sql(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        return int(cursor.fetchone()[0])


def test_published_rows_of_all_districts_are_read(two):
    with published_scope():
        assert names() == ["ours open", "theirs open"]


def test_published_rows_need_the_scope(two):
    ours, _ = two

    with pytest.raises(NoScope):
        names()
    with scope(ours.pk), pytest.raises(NoScope):
        names()


def test_in_a_district_s_scope_the_same_rows_are_published(two):
    ours, _ = two

    with scope(ours.pk):
        with published_scope():
            assert names() == ["ours open", "theirs open"]
            assert Community.objects.count() == 2
        assert rows_in_sql("district_community") == 2


def test_the_database_shows_nothing_else(two):
    with published_scope():
        assert rows_in_sql("district_community") == 2
        others = {table: rows_in_sql(table) for table in tenant_tables()}

    del others["district_community"]
    assert set(others.values()) == {0}
    assert set(published_tables()) == {"district_community"}


def test_leaving_takes_the_setting_back(two):
    ours, _ = two
    with scope(ours.pk):
        with published_scope():
            assert rows_in_sql("district_community") == 3
        assert rows_in_sql("district_community") == 2


def test_an_error_takes_the_setting_back(two):
    ours, _ = two
    with scope(ours.pk):
        with pytest.raises(ZeroDivisionError), published_scope():
            _ = 1 / 0

        assert rows_in_sql("district_community") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE district_community SET name_en = 'x'",
        "DELETE FROM district_community",
        "INSERT INTO district_notice SELECT * FROM district_notice",
        "SELECT * FROM district_community FOR UPDATE",
        "UPDATE district_district SET name_en = 'x'",
    ],
)
def test_nothing_is_written_inside(two, statement):
    ours, _ = two

    with (
        scope(ours.pk),
        pytest.raises(InternalError, match="read-only transaction"),
        published_scope(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_comes_after_may_write_again(two):
    ours, _ = two

    with scope(ours.pk):
        with published_scope():
            pass
        Community.objects.filter(code="closed").update(name_en="changed")

        assert Community.objects.get(code="closed").name_en == "changed"


@pytest.mark.parametrize("value", ["", "Published", "unpublished"])
def test_no_other_value_opens_anything(two, value):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.reading = '{value}'")

        assert rows_in_sql("district_community") == 0


def test_published_rows_are_not_changed_by_another_district(two):
    ours, theirs = two
    with scope(ours.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.reading = 'published'")
        cursor.execute("UPDATE district_community SET name_en = 'x'")
        touched = cursor.rowcount
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE district_community SET district_id = %s", [theirs.pk])

    assert touched == 2
    with scope(theirs.pk):
        assert set(Community.objects.values_list("name_en", flat=True)) == {
            "theirs open",
            "theirs closed",
        }


def test_the_front_page_names_published_communities(two):
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/").content.decode()

    assert "ours open" in page
    assert "theirs open" in page
    assert "closed" not in page
