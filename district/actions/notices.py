"""Notices: written, shown, ended by the operator; put away by whoever has read them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor, System
from district.models import Notice, NoticeDismissal, NoticeState, Person
from district.rules import RuleViolation


@transaction.atomic
def save_notice(notice: Notice, *, by: Actor) -> Notice:
    """Keep it; one that has started is published at once. Raises RuleViolation("notice_ended")."""
    is_new = notice._state.adding
    if is_new and notice.state == NoticeState.ENDED:
        raise RuleViolation("notice_ended", _("It would have ended already: choose a later end."))
    notice.save()
    record("notice.created" if is_new else "notice.changed", subject=notice, by=by)
    if notice.state == NoticeState.SHOWN and notice.published_at is None:
        publish_notice(notice, by=by)
    return notice


def publish_notice(notice: Notice, *, by: Actor) -> None:
    """Tell those it is for, once."""
    notice.published_at = timezone.now()
    notice.save(update_fields=["published_at"])
    record("notice.published", subject=notice, by=by)


@transaction.atomic
def publish_due_notices() -> int:
    """Those whose time has come, in the district in scope; returns how many."""
    due = list(Notice.objects.locked().filter(published_at=None).shown().order_by("id"))
    for notice in due:
        publish_notice(notice, by=System("notices"))
    return len(due)


@transaction.atomic
def end_notice(notice: Notice, *, by: Actor) -> Notice:
    """Show it no longer. Raises RuleViolation("notice_ended")."""
    notice = Notice.objects.locked().get(pk=notice.pk)
    now = timezone.now()
    if notice.state == NoticeState.ENDED:
        raise RuleViolation("notice_ended", _("It has already ended."))
    if notice.state == NoticeState.SCHEDULED:
        notice.starts_at = now - timedelta(seconds=1)
    notice.ends_at = now
    notice.published_at = notice.published_at or now
    notice.save(update_fields=["starts_at", "ends_at", "published_at"])
    record("notice.ended", subject=notice, by=by)
    return notice


def dismiss_notice(notice: Notice, person: Person) -> None:
    NoticeDismissal.objects.get_or_create(notice=notice, person=person)
