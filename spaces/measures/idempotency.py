"""Proof that a retry over the API does nothing twice."""

from functools import partial
from typing import Final

from district.api import idempotency
from district.measuring import Outcome, Proof
from district.measuring.processes import in_processes
from district.measuring.scratch import owner_executes
from district.tenancy.scope import scope
from spaces.measures.stage import Stage, stage
from spaces.models import Booking

KEYS: Final = 500
RETRIES: Final = 8
CLIENTS: Final = 8


def attack_with_retries(scene: Stage, scale: float) -> Outcome:
    """The same request eight times at once, for many keys.

    A space that only takes requests, and keeps nothing for them, would take each of the eight.
    Violations: bookings more or fewer than keys, and answers that are neither the booking nor
    "this key is under way".
    """
    keys = int(KEYS * scale)
    scene.desk.get("/bookings/")  # reads URLs and templates once, before the clients part
    run = in_processes(CLIENTS, partial(_ask, scene), range(keys * RETRIES))
    with scope(scene.district.pk):
        made = Booking.objects.count()
    wrong = sum(not right for right in run.results)
    return Outcome(len(run.results), abs(made - keys) + wrong)


def _ask(scene: Stage, number: int) -> bool:
    """Ask until the key is no longer under way; whether the answer is the booking."""
    key, starts_at = number // RETRIES, scene.days[0]
    wish = {
        "space": scene.asked[0].pk,
        "starts_at": starts_at.replace(hour=9).isoformat(),
        "ends_at": starts_at.replace(hour=10).isoformat(),
        "title": f"Request {key}",
    }
    program = scene.programs[key % len(scene.programs)]
    while True:
        answer = program.post("/api/v1/bookings/", wish, Idempotency_Key=f"key-{key}")
        if answer.status == 201:
            return str(answer.json()["title"]) == wish["title"]
        if answer.status != 409 or answer.json()["code"] != "key_in_flight":
            return False


def without_lock_and_key() -> None:
    owner_executes("ALTER TABLE district_idempotencykey DROP CONSTRAINT idempotencykey_once")
    idempotency._lock = lambda name: None


PROOF: Final = Proof(
    "idempotency",
    "A request repeated under its key does nothing twice and is answered alike.",
    stage,
    attack_with_retries,
    without_lock_and_key,
)
