"""The ledger: sealed in order, told to those concerned, and any tampering found."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from district import relay
from district.activity import record
from district.actors import System
from district.models import Activity, ActivitySeal, Cursor, Delivery, District, Notification
from district.tenancy.roles import as_owner
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from tests.factories import DistrictFactory, OrganizationFactory, SpaceFactory, open_rules
from tests.spaces.test_booking_actions import tomorrow


def some_activity(data: dict[str, object] | None = None) -> Activity:
    return record("space.changed", subject=OrganizationFactory(), by=System(), data=data)


def test_seal_numbers_without_gaps_and_chains_the_hashes(district):
    activities = [some_activity() for _ in range(5)]

    assert relay.seal(district.pk) == 5
    assert relay.seal(district.pk) == 0

    seals = list(ActivitySeal.objects.order_by("number"))
    assert [row.number for row in seals] == [1, 2, 3, 4, 5]
    assert [row.activity_id for row in seals] == [row.pk for row in activities]
    previous = relay.GENESIS
    for row in seals:
        previous = relay.chained(previous, row.activity)
        assert row.hash == previous


def test_what_was_rolled_back_is_never_sealed(district):
    some_activity()
    with transaction.atomic():
        some_activity()
        transaction.set_rollback(True)

    assert relay.seal(district.pk) == 1


def test_record_refuses_a_verb_nobody_declared(district):
    with pytest.raises(KeyError):
        record("space.exploded", subject=OrganizationFactory(), by=System())


def test_notify_tells_deciders_of_a_request_but_not_whoever_acted(
    district, tenant_member, operator
):
    space = SpaceFactory(rules=open_rules(approval="always"))
    book_space(space, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)

    relay.relay(district.pk)

    told = Notification.objects.values_list("person_id", flat=True)
    assert list(told) == [operator.person_id]


def test_relay_bears_a_repeat(district, tenant_member, operator):
    space = SpaceFactory(rules=open_rules(approval="always"))
    book_space(space, Wish(tomorrow(10), tomorrow(11)), by=tenant_member)
    relay.relay(district.pk)
    Cursor.objects.update(number=0)

    relay.relay(district.pk)

    assert Notification.objects.count() == 1
    assert Delivery.objects.count() == 1
    assert mail.outbox == []


TAMPERINGS = (
    "UPDATE district_activity SET data = '{\"amount\": 1}' WHERE id = %s",
    "UPDATE district_activity SET verb = 'space.ended' WHERE id = %s",
    "UPDATE district_activity SET at = at - interval '1 hour' WHERE id = %s",
    "UPDATE district_activityseal SET number = number + 90 WHERE activity_id = %s",
    "DELETE FROM district_activityseal WHERE activity_id = %s",
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", TAMPERINGS)
def test_verify_ledger_finds_tampering(statement):
    district = DistrictFactory()
    with scope(district.pk):
        activities = [some_activity() for _ in range(4)]
        relay.seal(district.pk)
    call_command("verify_ledger", stdout=StringIO())

    with as_owner(), scope(district.pk), connection.cursor() as cursor:
        cursor.execute(statement, [activities[1].pk])
        assert cursor.rowcount == 1

    with pytest.raises(CommandError, match="broken at seal 2"):
        call_command("verify_ledger", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_verify_ledger_counts_each_district_and_says_it_in_json_too():
    whole, torn = DistrictFactory(slug="whole"), DistrictFactory(slug="torn")
    for district in (whole, torn):
        with scope(district.pk):
            activities = [some_activity() for _ in range(3)]
            relay.seal(district.pk)
            some_activity()
    with as_owner(), scope(torn.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE district_activity SET verb = 'x' WHERE id = %s", [activities[2].pk])
    words, machine, one = StringIO(), StringIO(), StringIO()

    with pytest.raises(CommandError, match=r"^torn: broken at seal 3$"):
        call_command("verify_ledger", stdout=words)
    with pytest.raises(CommandError):
        call_command("verify_ledger", "--json", stdout=machine)
    call_command("verify_ledger", "--district", "whole", stdout=one)

    lines = words.getvalue().splitlines()
    assert lines[0].startswith("torn: 4 activities, 3 sealed, 1 waiting; BROKEN at seal 3 ")
    assert lines[1].startswith("whole: 4 activities, 3 sealed, 1 waiting; whole ")
    assert one.getvalue().splitlines() == lines[1:]
    said = json.loads(machine.getvalue())
    assert said["whole"] is False
    assert [(row["district"], row["broken_at"]) for row in said["districts"]] == [
        ("torn", 3),
        ("whole", None),
    ]
    with pytest.raises(CommandError, match="There is no district nowhere"):
        call_command("verify_ledger", "--district", "nowhere", stdout=StringIO())


@pytest.mark.parametrize("table", ["district_activity", "district_activityseal"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET revision = 9", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} ADD x int"],
)
def test_the_application_can_only_add_to_the_ledger(district, table, statement):
    some_activity()
    relay.seal(district.pk)

    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement.format(table))

    assert (Activity.objects.count(), ActivitySeal.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_relays_running_at_once_seal_each_activity_once():
    district: District = DistrictFactory()
    with scope(district.pk):
        for _ in range(60):
            some_activity()

    def run(_: int) -> None:
        try:
            relay.relay(district.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(6)))
    relay.relay(district.pk)

    with scope(district.pk):
        numbers = list(ActivitySeal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 61))
    assert relay.first_broken_seal(district.pk) is None
