"""What people say when they look for, book and move a space."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation
from district.templatetags.look import day as day_words
from spaces.actions.booking import Wish
from spaces.localtime import instant
from spaces.models import Booking, Building, Feature, Space
from spaces.rules import FARTHEST

ASKED: Final[Mapping[Feature, str]] = {
    Feature.PROJECTOR: "presentation",
    Feature.SCREEN: "device-tv",
    Feature.VIDEO_CALL: "video",
    Feature.WHITEBOARD: "chalkboard",
    Feature.WHEELCHAIR: "disabled",
}
LENGTHS: Final = (30, 60, 90, 120, 180, 240)
FIRST_HOUR: Final = 8
LAST_HOUR: Final = 20
STEP: Final = timedelta(minutes=30)
WEEK: Final = timedelta(days=7)


def next_half_hour() -> datetime:
    """Not yet begun: within the minute of a half hour it is the one after."""
    now = timezone.localtime()
    last = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    return last if last == now else last + STEP


@dataclass(frozen=True)
class Week:
    """Seven days to choose from, beginning with today or whole weeks later; and where to go on.

    `earlier` and `later` are the chosen day a week before and after, kept within what can be
    booked; None where there is nothing that way.
    """

    days: Sequence[date]
    today: date
    last: date | None
    earlier: date | None
    later: date | None


def week_of(text: str, last: date | None) -> Week:
    """The week a day lies in, as written in an address; this one for what is no day to come."""
    today = timezone.localdate()
    try:
        day = max(date.fromisoformat(text), today)
    except ValueError:
        day = today
    day = min(day, last or today + FARTHEST)
    first = day - (day - today) % WEEK
    days = [first + timedelta(days=n) for n in range(7)]
    shown = [item for item in days if last is None or item <= last]
    more = last is None or first + WEEK <= last
    return Week(
        shown,
        today,
        last,
        max(day - WEEK, today) if first > today else None,
        (min(day + WEEK, last) if last else day + WEEK) if more else None,
    )


class WhenForm(forms.Form):
    """A local day, a start and a length; `span()` gives the instants."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(
        label=_("Start"), widget=forms.TimeInput(attrs={"type": "time", "step": 900})
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=31 * 24 * 60)

    starts_at: datetime
    ends_at: datetime

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"day", "at", "minutes"} <= cleaned.keys():
            try:
                # Added in UTC: an hour stays an hour on the night the clocks change.
                starts_at = self._instant(cleaned["day"], cleaned["at"]).astimezone(UTC)
                if starts_at > timezone.now() + FARTHEST:
                    raise OverflowError
                ends_at = starts_at + timedelta(minutes=cleaned["minutes"])
                self.starts_at, self.ends_at = starts_at, ends_at
            except RuleViolation as violation:
                raise forms.ValidationError(str(violation)) from violation
            except OverflowError as error:
                raise forms.ValidationError(_("This date is too far away.")) from error
        return cleaned

    @staticmethod
    def _instant(day: date, at: time) -> datetime:
        return instant(datetime.combine(day, at), timezone.get_current_timezone())


class FindForm(WhenForm):
    """A time to come, at most on the last day that can be booked."""

    def __init__(self, *args: Any, last_day: date | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.last_day = last_day

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."), code="past")
        if self.last_day and day > self.last_day:
            words = _("Spaces can be booked until %(day)s.") % {"day": day_words(self.last_day)}
            raise forms.ValidationError(words, code="far")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if hasattr(self, "starts_at") and self.starts_at < timezone.now():
            self.add_error("at", _("This time has already passed."))
        return cleaned


class SearchForm(FindForm):
    people = forms.IntegerField(label=_("People"), min_value=1, max_value=10_000)
    feature = forms.MultipleChoiceField(label=_("Needs"), choices=Feature.choices, required=False)
    building: Any = forms.ModelChoiceField(
        label=_("Building"), queryset=Building.objects.none(), required=False
    )
    at_once = forms.BooleanField(label=_("Can be booked at once"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["building"]
        field.queryset = Building.objects.filter(ended_at=None).order_by("code")

    @staticmethod
    def usual() -> dict[str, Any]:
        """What most people want: soon, an hour, four people; at night, the next morning."""
        start = next_half_hour()
        if start.hour >= LAST_HOUR:
            start = start.replace(hour=9, minute=0) + timedelta(days=1)
        elif start.hour < FIRST_HOUR:
            start = start.replace(hour=9, minute=0)
        return {
            "day": start.date().isoformat(),
            "at": f"{start:%H:%M}",
            "minutes": 60,
            "people": 4,
        }


class BookForm(WhenForm):
    seats = forms.BooleanField(required=False, widget=forms.HiddenInput)
    people = forms.IntegerField(label=_("People"), min_value=1, max_value=10_000)
    title = forms.CharField(label=_("What for"), max_length=160, required=False)
    note = forms.CharField(
        label=_("Note for the operator"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self["seats"].value():
            self.fields["people"].label = _("Seats")

    def wish(self) -> Wish:
        """What was filled in so far; the times at least must make sense."""
        data = self.cleaned_data
        people = data.get("people") or 1
        return Wish(
            self.starts_at,
            self.ends_at,
            people,
            data.get("title", ""),
            data.get("note", ""),
            seat_count=people if data.get("seats") else None,
        )


class HoldForm(forms.Form):
    """Which hold a page is about; it has at most one."""

    hold = forms.UUIDField(required=False)


class SeatForm(FindForm):
    """How many seats, for how long."""

    people = forms.IntegerField(label=_("Seats"), min_value=1, max_value=200)

    @staticmethod
    def usual() -> dict[str, Any]:
        """A desk for the rest of the day, or for tomorrow where little is left of it."""
        start = next_half_hour()
        if start.hour >= 17:
            start = start.replace(hour=9, minute=0) + timedelta(days=1)
        start = max(start, start.replace(hour=9, minute=0))
        hours = max(18 - start.hour - (start.minute > 0), 1)
        return {
            "day": start.date().isoformat(),
            "at": f"{start:%H:%M}",
            "minutes": min(hours * 60, 480),
            "people": 1,
        }


class MoveForm(WhenForm):
    """A new time for a booking, or another space; seats stay in their area."""

    field_order = ("space", "day", "at", "minutes")

    def __init__(self, *args: Any, booking: Booking, spaces: QuerySet[Space, Space], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.booking = booking
        if booking.seat_count is None:
            self.fields["space"] = self._choice(spaces)
            self.order_fields(self.field_order)

    @staticmethod
    def _choice(spaces: QuerySet[Space, Space]) -> forms.Field:
        rooms = spaces.exclude(parent__isnull=False, capacity=1)
        field: Any = forms.ModelChoiceField(
            label=_("Space"),
            required=False,
            empty_label=None,
            queryset=rooms.select_related("building", "floor").order_by(
                "building__code", "floor__level", "code"
            ),
        )
        field.label_from_instance = lambda space: f"{space.name}, {space.where}"
        return cast(forms.Field, field)

    @property
    def space(self) -> Space:
        """Where it goes: where it is, unless another was chosen."""
        chosen: Space | None = self.cleaned_data.get("space")
        return chosen or self.booking.space


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)


class UntilForm(forms.Form):
    """The end somebody chose of those that were offered, in ISO 8601."""

    until = forms.DateTimeField(label=_("Until"))


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)
