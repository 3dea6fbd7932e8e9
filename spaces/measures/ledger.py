"""Proofs that the ledger loses, invents and hides nothing, whatever is killed or down."""

import hashlib
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from district import activity, relay
from district.activity import record
from district.actors import System
from district.celery import app
from district.channels.sender import deliver
from district.measuring import Outcome, Proof
from district.measuring.processes import forked, in_processes
from district.models import Activity, ActivitySeal, Delivery, Notification, Person
from district.tasks import relay_all
from district.tenancy.roles import as_owner
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.measures.stage import Stage, stage
from spaces.models import Booking

TRANSACTIONS: Final = 10_000
ROLLED_BACK: Final = 3  # of ten
KILLS: Final = 50
TAMPERINGS: Final = 100
WRITERS: Final = 4
SENDERS: Final = 2
PATIENCE_SECONDS: Final = 60
VERB: Final = "booking.confirmed"  # one that its booker is told
WRITES: Final = 2000
NOBODY: Final = "redis://127.0.0.1:1/0"


class Outbox(BaseEmailBackend):
    """Writes down the Message-ID of every mail that leaves; lines appended stay whole."""

    path = Path(os.devnull)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with self.path.open("a") as outbox:
            for message in email_messages:
                outbox.write(f"{message.extra_headers['Message-ID']}\n")
        return len(email_messages)


def booked_stage() -> tuple[Stage, list[Booking]]:
    scene = stage()
    with scope(scene.district.pk):
        for row in Person.objects.all():
            row.email = f"{row.pk.hex}@stage.example"
            row.save(update_fields=["email"])
    begins = scene.days[0].astimezone(UTC)
    bookings = []
    with scope(scene.district.pk):
        for number, by in enumerate(scene.members):
            starts_at = begins + timedelta(hours=number)
            wish = Wish(starts_at, starts_at + timedelta(hours=1))
            bookings.append(book_space(scene.spaces[1], wish, by=by))
    return scene, bookings


def attack_ledger(prepared: tuple[Stage, list[Booking]], scale: float) -> Outcome:
    """Transactions of which three in ten are undone, while relays run and are killed (SIGKILL).

    Senders mail at the same time. Violations: committed rows without seal, seals without committed
    row, a row sealed, told or mailed twice or not at all, a mail about nothing that was committed,
    a broken chain, and changed rows that `first_broken_seal` does not find.
    """
    scene, bookings = prepared
    district_id, count = scene.district.pk, int(TRANSACTIONS * scale)
    with TemporaryDirectory() as folder:
        outbox = Path(folder) / "outbox"
        with _senders(district_id, outbox):
            run = in_processes(
                WRITERS,
                partial(_write, district_id, bookings),
                range(count),
                meanwhile=partial(_kill_relays, district_id, max(int(KILLS * scale), 5)),
            )
            _relay_the_rest(district_id)
            deliver(district_id)
        mailed = _mailed(district_id, outbox)
    committed = {row for row in run.results if row is not None}
    violations = _differences(district_id, committed, mailed)
    chance = Random(count)  # noqa: S311 - repeatable
    tampered = chance.sample(sorted(committed), min(TAMPERINGS, len(committed)))
    violations += sum(not _found(district_id, row) for row in tampered)
    return Outcome(count + len(tampered), violations)


def _write(district_id: int, bookings: list[Booking], number: int) -> UUID | None:
    """The activity's id where its transaction was committed."""
    undone = number % 10 < ROLLED_BACK
    with scope(district_id):
        subject = bookings[number % len(bookings)]
        row = record(VERB, subject=subject, by=System(), data={"n": number})
        transaction.set_rollback(undone)
    return None if undone else row.pk


@contextmanager
def _senders(district_id: int, outbox: Path) -> Iterator[None]:
    """Two senders mail whatever is due, side by side, until the end of the block."""
    settings.EMAIL_BACKEND, Outbox.path = f"{__name__}.{Outbox.__name__}", outbox
    outbox.touch()

    def run(_number: int, parent: Connection) -> None:
        while not parent.poll(0.05):
            deliver(district_id)
        parent.send("done")

    children = [forked(run, number) for number in range(SENDERS)]
    try:
        yield
    finally:
        for child in children:
            child.pipe.send("stop")
        for child in children:
            child.received()
            child.process.join()


def _kill_relays(district_id: int, kills: int) -> None:
    """One relay after another, each killed in the middle of whatever it does."""
    chance = Random(kills)  # noqa: S311 - repeatable

    def run(_number: int, _parent: Connection) -> None:
        while True:
            relay.relay(district_id)

    for _number in range(kills):
        child = forked(run)
        time.sleep(chance.uniform(0.05, 0.6))
        os.kill(child.process.pid or 0, signal.SIGKILL)
        child.process.join()


def _relay_the_rest(district_id: int) -> None:
    """As every minute does: the server may not know yet that the last relay was killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    relay.relay(district_id)
    while _is_waiting(district_id) and time.monotonic() < deadline:
        time.sleep(0.2)
        relay.relay(district_id)


def _is_waiting(district_id: int) -> bool:
    with scope(district_id):
        return Activity.objects.filter(seals=None).exists()


def _mailed(district_id: int, outbox: Path) -> Counter[object]:
    """How often each activity was mailed about; a mail about no known one stands for itself."""
    with scope(district_id):
        about = {
            f"<{delivery}@": (activity, "n" in data)
            for delivery, activity, data in Delivery.objects.values_list(
                "id", "activity_id", "activity__data"
            )
        }
    mails = [line.split("@")[0] + "@" for line in outbox.read_text().splitlines()]
    found = [about.get(mail, (mail, True)) for mail in mails]
    return Counter(subject for subject, is_ours in found if is_ours)


def _differences(district_id: int, committed: set[UUID], mailed: Counter[object]) -> int:
    """Between what was committed and what is sealed, told and mailed."""
    with scope(district_id):
        ours = {"activity__data__has_key": "n"}
        sealed = Counter(ActivitySeal.objects.filter(**ours).values_list("activity_id", flat=True))
        told = Counter(Notification.objects.filter(**ours).values_list("activity_id", flat=True))
    once: Counter[object] = Counter(committed)
    violations = 0
    for seen in (Counter[object](sealed), Counter[object](told), mailed):
        violations += ((seen - once) + (once - seen)).total()
    return violations + (relay.first_broken_seal(district_id) is not None)


def _found(district_id: int, activity_id: UUID) -> bool:
    """Whether a change of one row, as its owner could make it, is noticed; it is undone again."""
    with scope(district_id):
        before = Activity.objects.get(pk=activity_id).data
    _rewrite(district_id, activity_id, {**before, "n": -1})
    noticed = relay.first_broken_seal(district_id) is not None
    _rewrite(district_id, activity_id, before)
    return noticed


def _rewrite(district_id: int, activity_id: UUID, data: object) -> None:
    with as_owner(), scope(district_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE district_activity SET data = %s WHERE id = %s", [json.dumps(data), activity_id]
        )


def without_content_in_the_chain() -> None:
    """A chain over ids alone: it orders, but says nothing of what happened."""
    relay.chained = lambda previous, activity: hashlib.sha256(
        f"{previous}{activity.pk}".encode()
    ).hexdigest()


def attack_without_broker(prepared: tuple[Stage, list[Booking]], scale: float) -> Outcome:
    """Writes while nothing answers at the broker's address; then what runs every minute, once.

    Violations: writes that failed, and rows that are not sealed afterwards.
    """
    scene, bookings = prepared
    app.conf.broker_url = app.conf.broker_write_url = NOBODY
    run = in_processes(
        WRITERS, partial(_fails, scene.district.pk, bookings), range(int(WRITES * scale))
    )
    relay_all()
    with scope(scene.district.pk):
        waiting = Activity.objects.filter(seals=None).count()
    return Outcome(len(run.results), sum(run.results) + waiting)


def _fails(district_id: int, bookings: list[Booking], number: int) -> bool:
    try:
        with scope(district_id):
            record(VERB, subject=bookings[number % len(bookings)], by=System())
    except (DatabaseError, OperationalError, RedisError):
        return True
    return False


def publishing_in_the_transaction() -> None:
    """Reach for the broker before the commit, and wait for it."""

    def reach(district_id: int) -> None:
        with app.connection_for_write(connect_timeout=1) as broker:
            broker.connect()

    setattr(activity, "wake", reach)  # noqa: B010 - a mutant
    setattr(transaction, "on_commit", lambda act, robust=False: act())  # noqa: B010


LEDGER: Final = Proof(
    "ledger",
    "Nothing committed is lost, nothing undone is told, nothing told twice, no change unnoticed.",
    booked_stage,
    attack_ledger,
    without_content_in_the_chain,
)
BROKER: Final = Proof(
    "broker-down",
    "No write fails while the broker is down, and nothing is lost.",
    booked_stage,
    attack_without_broker,
    publishing_in_the_transaction,
)
