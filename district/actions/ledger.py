"""Looking whether the chain of the activity ledger holds, and keeping what was found."""

from dataclasses import asdict
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from district.actions.jobs import start_job
from district.actors import Actor
from district.models import ActivitySeal, Job, JobStatus, LedgerCheck, Membership
from district.relay import GENESIS, Link, follow, unsealed_behind
from district.rules import Text
from district.templatetags.look import figure

KIND: Final = "ledger"
BATCH: Final = 500


@transaction.atomic
def check_ledger() -> LedgerCheck:
    """Recompute the chain of the district in scope from its first seal to its last, at one go."""
    seals = ActivitySeal.objects.select_related("activity").order_by("number")
    return _kept(follow(Link(0, GENESIS), seals.iterator()))


def start_ledger_check(*, by: Actor) -> Job:
    """The same as long work; whoever asks again meanwhile is shown the work under way."""
    own = Job.objects.unfinished().filter(kind=KIND)
    running: Job | None = own.filter(membership=by if isinstance(by, Membership) else None).first()
    return running or start_job(KIND, by=by)


class LedgerWork:
    """The chain batch after batch; `job.report` is the link up to which it holds."""

    def __init__(self, job: Job):
        newest = ActivitySeal.objects.order_by("-number").values_list("number", flat=True).first()
        self.total_count = newest or 0

    def step(self, job: Job) -> int:
        before = Link(**job.report) if job.report else Link(0, GENESIS)
        until = min(before.number + BATCH, self.total_count)
        seals = ActivitySeal.objects.filter(number__gt=before.number, number__lte=until)
        link = follow(before, seals.select_related("activity").order_by("number", "id"))
        if link.broken is None and link.number < until:
            link = Link(link.number, link.hash, broken=link.number + 1)
        job.report = asdict(link)
        reached = until if link.broken is None else self.total_count  # the rest says nothing more
        return reached - job.done_count

    def finish(self, job: Job) -> None:
        check = _kept(Link(**job.report) if job.report else Link(0, GENESIS))
        job.report = {"number": check.number, "broken": check.broken}


def details(job: Job, _actor: Actor) -> dict[str, str]:
    return {"outcome": outcome(job)} if job.status == JobStatus.DONE else {}


def label(job: Job) -> Text:
    return _("Check of the ledger")


def outcome(job: Job) -> str:
    text = (
        _("The chain breaks after number %(number)s")
        if job.report["broken"]
        else _("Verified up to number %(number)s")
    )
    return text % {"number": figure(job.report["number"])}


def _kept(link: Link) -> LedgerCheck:
    """Write down how far the chain holds, and whether it breaks there.

    The hash at the end is kept, so that a chain that was written anew as a whole is found too:
    it no longer has that hash at that number.
    """
    broken = unsealed_behind() if link.broken is None else link.broken
    before = last_check()
    if broken is None and before is not None and not before.broken and not _stands(before):
        broken = before.number
    if broken is not None:
        return LedgerCheck.objects.create(number=max(broken - 1, 0), hash=GENESIS, broken=True)
    return LedgerCheck.objects.create(number=link.number, hash=link.hash)


def last_check() -> LedgerCheck | None:
    return LedgerCheck.objects.order_by("-id").first()


def _stands(check: LedgerCheck) -> bool:
    if check.number == 0:
        return True
    return ActivitySeal.objects.filter(number=check.number, hash=check.hash).exists()
