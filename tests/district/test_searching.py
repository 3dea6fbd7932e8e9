"""The search: Chinese by pairs, entries that follow the ledger, nobody else's rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from district import registry, relay
from district.actions.organizations import save_organization
from district.actions.people import end_membership
from district.models import SearchEntry
from district.searching import find_entries, query_of, reindex_all, terms
from spaces.actions.structure import Part, change_space, save_building, split_space
from tests.factories import BookingFactory, MembershipFactory, OrganizationFactory, SpaceFactory


def titles(actor, text):
    return [entry.title_en or entry.title_zh for entry in find_entries(actor, text, 8)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Hall B-204", ["hall", "b", "204"]),
        ("湖畔会议室", ["湖畔", "畔会", "会议", "议室", "室"]),
        ("A座 Ａ座", ["a", "座"]),
        ("厅", ["厅"]),
        ("'; DROP TABLE & | ! ( ) :* \\", ["drop", "table"]),
    ],
)
def test_terms_of_words_and_pairs(text, expected):
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议室", "'会议' & '议室'"),
        ("厅", "'厅':*"),
        ("Meet 2", "'meet':* & '2':*"),
        ("创新大厦 A", "'创新' & '新大' & '大厦' & 'a':*"),
        ("' | :* &", ""),
    ],
)
def test_query_of_asks_for_all_of_it(text, expected):
    assert query_of(text) == expected


@pytest.mark.parametrize(
    "typed", ["展", "厅", "展厅", "湖畔展厅", "北区 展厅", "exhib", "HALL", "n-12"]
)
def test_find_entries_finds_by_any_part(operator, typed):
    SpaceFactory(name_zh="北区湖畔展厅", name_en="Exhibition hall", code="N-12")
    SpaceFactory(name_zh="会议室", name_en="Room", code="M-7")
    reindex_all()

    found = [entry.title_en for entry in find_entries(operator, typed, 8) if entry.kind == "space"]

    assert found == ["Exhibition hall"]


def test_find_entries_puts_first_what_begins_with_the_text_and_limits_each_kind(operator):
    for name in ("Big hall", "Hall of mirrors", "Hall"):
        SpaceFactory(name_en=name, name_zh="")
    reindex_all()

    found = [entry.title for entry in find_entries(operator, "hall", 2) if entry.kind == "space"]

    assert found == ["Hall", "Hall of mirrors"]


def test_find_entries_shows_a_company_only_its_own(tenant_member, stranger, operator):
    organization = tenant_member.organization
    organization.name_en, stranger.organization.name_en = "Silver Ltd", "Silver Works"
    for row in (organization, stranger.organization):
        row.save()
    reindex_all()

    assert titles(operator, "silver") == [
        *[person.person.name for person in (tenant_member, stranger)],
        "Silver Ltd",
        "Silver Works",
    ]
    assert titles(tenant_member, "silver") == [tenant_member.person.name, "Silver Ltd"]
    assert titles(stranger, "silver") == [stranger.person.name, "Silver Works"]


def test_the_index_follows_the_ledger(operator):
    space = SpaceFactory(name_en="Old name", name_zh="")
    reindex_all()

    space.name_en = "New name"
    change_space(space, by=operator)
    split_space(space, [Part("P1", name_en="Left wing"), Part("P2", name_en="Right")], by=operator)
    organization = save_organization(OrganizationFactory.build(name_en="Fresh Co"), by=operator)
    relay.index(space.district_id)
    before = titles(operator, "fresh")
    relay.seal(space.district_id)
    while relay.index(space.district_id):
        pass

    assert before == []
    assert titles(operator, "fresh") == [organization.name_en]
    assert (titles(operator, "old"), titles(operator, "new name")) == ([], ["New name"])
    assert titles(operator, "left wing") == ["Left wing"]


def test_the_index_follows_what_a_row_is_shown_with(operator):
    space = SpaceFactory(name_en="Room 1", name_zh="")
    reindex_all()

    space.building.name_en = "Lighthouse"
    save_building(space.building, by=operator)
    relay.relay(space.district_id)

    assert titles(operator, "lighthouse") == ["Lighthouse", "Room 1"]


def test_what_has_ended_is_not_found(operator, tenant_admin, tenant_member):
    reindex_all()
    name = tenant_member.person.name
    assert name in titles(operator, name)

    end_membership(tenant_member, by=operator)
    relay.relay(tenant_member.district_id)

    assert name not in titles(operator, name)


def test_reindexing_twice_changes_nothing(operator):
    SpaceFactory()
    reindex_all()
    once = sorted(SearchEntry.objects.values_list("kind", "subject_id", "vector"))

    for kind, searchable in registry.searches.items():
        if searchable.index:
            relay.searching.reindex(kind, searchable.index, searchable.index.model.objects.all())

    assert sorted(SearchEntry.objects.values_list("kind", "subject_id", "vector")) == once


def test_search_page_links_what_it_finds_and_asks_once_for_all_of_it(operator, browser_of):
    space = SpaceFactory(name_en="Aurora hall", name_zh="")
    BookingFactory(space=space, title="Aurora rehearsal")
    MembershipFactory(person__name="Aurora")
    reindex_all()
    client = browser_of(operator)
    client.get("/search/?q=aurora")

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/search/?q=aurora").content.decode()

    assert f'href="{client.prefix}/spaces/{space.pk}/"' in page
    assert [name in page for name in ("Aurora hall", "Aurora rehearsal", "Aurora")] == [True] * 3
    asked = [query["sql"] for query in queries if "district_searchentry" in query["sql"]]
    assert len(asked) == 1
