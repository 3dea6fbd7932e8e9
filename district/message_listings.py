"""The lists of what people are told, and of what was sent."""

from collections.abc import Callable, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.actions.deliveries import retry_delivery
from district.actions.notifications import told_groups
from district.actors import Actor, person_id
from district.lists import BulkAction, Cell, Column, Filter, Listing, Rows, Sort
from district.models import (
    Channel,
    Delivery,
    DeliveryStatus,
    Notice,
    NoticeState,
    Notification,
)
from district.permissions import can_edit_notices, can_edit_settings, require
from district.registry import verbs
from district.templatetags.look import moment


def own_notifications(actor: Actor) -> Rows[Notification]:
    return Notification.objects.filter(person=person_id(actor)).select_related("activity")


def _of_groups(values: Sequence[str]) -> Q:
    return Q(activity__verb__in=[name for name, verb in verbs.items() if verb.group.key in values])


NOTIFICATIONS: Listing[Notification] = Listing(
    key="notifications",
    rows=own_notifications,
    columns=[Column("about", _("About"), lambda row: Cell(row.activity.verb))],
    sorts=[Sort("newest", _("Newest first"), "id", descending=True)],
    filters=[
        Filter(
            "state",
            _("State"),
            lambda values: Q(read_at=None) if values == ["unread"] else Q(),
            lambda: [("unread", _("Unread"))],
        ),
        Filter(
            "about",
            _("About"),
            _of_groups,
            lambda: [(key, group.label) for key, group in told_groups().items()],
        ),
    ],
)

REASONS = {
    "no_address": _("No address"),
    "switched_off": _("Switched off"),
    "read_meanwhile": _("Read meanwhile"),
    "gave_up": _("Given up"),
    "recipient_refused": _("The address does not exist"),
    "mail_server": _("The mail server did not take it"),
    "sms_gateway": _("The gateway did not take it"),
    "not_reached": _("The platform was not reached"),
    "address_not_public": _("The address is not public"),
    "key_unreadable": _("Its address cannot be read any more: enter it again"),
}


def sent_messages(actor: Actor) -> Rows[Delivery]:
    require(can_edit_settings(actor))
    return Delivery.objects.select_related("activity", "person", "robot")


def _one_of(field: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{field}__in": values})


def _search_deliveries(rows: Rows[Delivery], query: str) -> Rows[Delivery]:
    return rows.filter(
        Q(person__name__icontains=query)
        | Q(robot__name__icontains=query)
        | Q(error_code__iexact=query)
    )


def _why(row: Delivery) -> Cell:
    reason = REASONS.get(row.error_code, row.error_code)
    return Cell(reason, note=row.error_text)


DELIVERIES: Listing[Delivery] = Listing(
    key="deliveries",
    rows=sent_messages,
    columns=[
        Column(
            "to",
            _("To"),
            lambda row: Cell(str(row.person or row.robot), note=row.address),
        ),
        Column("about", _("About"), lambda row: Cell(verbs[row.activity.verb].label)),
        Column("channel", _("Channel"), lambda row: Cell(row.get_channel_display())),
        Column("state", _("State"), lambda row: Cell(row.get_status_display(), state=row.tone)),
        Column("why", _("Why"), _why),
        Column("attempts", _("Attempts"), lambda row: Cell(row.attempt_count), numeric=True),
        Column("at", _("Time"), lambda row: Cell(moment(row.sent_at or row.created_at))),
        Column(
            "next",
            _("Next try"),
            lambda row: Cell(moment(row.due_at) if row.is_open else ""),
            shown=False,
        ),
    ],
    sorts=[Sort("newest", _("Newest first"), "id", descending=True)],
    filters=[
        Filter("state", _("State"), _one_of("status"), lambda: DeliveryStatus.choices),
        Filter("channel", _("Channel"), _one_of("channel"), lambda: Channel.choices),
    ],
    search=_search_deliveries,
    bulk=[
        BulkAction(
            "retry",
            _("Send again"),
            "refresh",
            can_edit_settings,
            lambda row, actor: retry_delivery(row.pk, by=actor),
        )
    ],
)


def written_notices(actor: Actor) -> Rows[Notice]:
    require(can_edit_notices(actor))
    return Notice.objects.all()


def _in_states(values: Sequence[str]) -> Q:
    found = [Notice.objects.in_state(NoticeState(value)) for value in values]
    return Q(*(Q(pk__in=rows.values("pk")) for rows in found), _connector=Q.OR)


def _search_notices(rows: Rows[Notice], query: str) -> Rows[Notice]:
    return rows.filter(Q(title_zh__icontains=query) | Q(title_en__icontains=query))


def _for_whom(row: Notice) -> Cell:
    narrowed = row.communities or row.kinds
    return Cell(_("Some") if narrowed else _("Everybody"))


NOTICES: Listing[Notice] = Listing(
    key="notices",
    rows=written_notices,
    columns=[
        Column("title", _("Title"), lambda row: Cell(row.title, row.get_absolute_url())),
        Column("state", _("State"), lambda row: Cell(row.state.label, state=row.tone)),
        Column("for", _("Whom it is for"), _for_whom),
        Column("from", _("Shown from"), lambda row: Cell(moment(row.starts_at))),
        Column("until", _("Shown until"), lambda row: Cell(moment(row.ends_at))),
        Column(
            "banner",
            _("Banner"),
            lambda row: Cell(_("Yes") if row.is_banner else ""),
            shown=False,
        ),
    ],
    sorts=[
        Sort("newest", _("Newest first"), "starts_at", descending=True),
        Sort("ending", _("Ending first"), "ends_at"),
    ],
    filters=[Filter("state", _("State"), _in_states, lambda: NoticeState.choices)],
    search=_search_notices,
)
