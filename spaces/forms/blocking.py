"""What an operator says to take spaces out of use, and what becomes of the bookings in the way."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation
from spaces.actions.blocking import Answer, Closing
from spaces.actions.conflicts import Touched
from spaces.actions.occupancy import Span
from spaces.localtime import instant
from spaces.models import Blocking, Building, Space

DAY: Final = {"type": "date"}
CLOCK: Final = {"type": "time", "step": 300}


class ClosingForm(forms.Form):
    """From when until when, in local wall time, and why; `closing` holds it once it is valid."""

    from_day = forms.DateField(label=_("From"), widget=forms.DateInput(DAY, "%Y-%m-%d"))
    from_at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(CLOCK, "%H:%M"))
    until_day = forms.DateField(label=_("Until"), widget=forms.DateInput(DAY, "%Y-%m-%d"))
    until_at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(CLOCK, "%H:%M"))
    reason_zh = forms.CharField(label=_("Reason in Chinese"), max_length=200, required=False)
    reason_en = forms.CharField(label=_("Reason in English"), max_length=200, required=False)

    closing: Closing

    fieldsets: Any = (
        (_("When"), ("from_day", "from_at", "until_day", "until_at")),
        (_("Reason, read by the companies"), ("reason_zh", "reason_en")),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_at, ends_at = self._moment("from"), self._moment("until")
        if starts_at and ends_at:
            if ends_at <= starts_at:
                self.add_error("until_at", _("It must end after it starts."))
            elif ends_at <= timezone.now():
                self.add_error("until_at", _("This time has already passed."))
        if not (cleaned.get("reason_zh") or cleaned.get("reason_en")):
            self.add_error("reason_zh", _("Say why, so that they can act on it."))
        if starts_at and ends_at and not self.errors:
            self.closing = Closing(
                Span(starts_at, ends_at), cleaned["reason_zh"], cleaned["reason_en"]
            )
        return cleaned

    def _moment(self, end: str) -> datetime | None:
        day: date | None = self.cleaned_data.get(f"{end}_day")
        at: time | None = self.cleaned_data.get(f"{end}_at")
        if day is None or at is None:
            return None
        try:
            local = instant(datetime.combine(day, at), timezone.get_current_timezone())
            return local.astimezone(UTC)
        except RuleViolation as violation:
            self.add_error(f"{end}_at", str(violation))
        except OverflowError:
            self.add_error(f"{end}_day", _("This date is too far away."))
        return None

    @staticmethod
    def usual() -> dict[str, str]:
        day = timezone.localdate() + timedelta(days=1)
        return {
            "from_day": day.isoformat(),
            "from_at": "09:00",
            "until_day": day.isoformat(),
            "until_at": "18:00",
        }

    @staticmethod
    def of(blocking: Blocking) -> dict[str, str]:
        starts_at = timezone.localtime(blocking.starts_at)
        ends_at = timezone.localtime(blocking.ends_at)
        return {
            "from_day": starts_at.date().isoformat(),
            "from_at": f"{starts_at:%H:%M}",
            "until_day": ends_at.date().isoformat(),
            "until_at": f"{ends_at:%H:%M}",
            "reason_zh": blocking.reason_zh,
            "reason_en": blocking.reason_en,
        }


class BlockingForm(ClosingForm):
    """A closing of some spaces of one building."""

    space = forms.ModelMultipleChoiceField(
        label=_("Spaces"),
        queryset=Space.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one space.")},
    )

    fieldsets: Any = ((_("Spaces"), ("space",)), *ClosingForm.fieldsets)

    def __init__(self, *args: Any, building: Building, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["space"]
        field.queryset = closable(building)
        field.label_from_instance = lambda space: (
            f"{space.floor.name} · {space.name}" if space.floor else space.name
        )


def closable(building: Building) -> Any:
    """What can be taken out of use by itself: no single seats, they go with their area."""
    return (
        Space.objects.bookable()
        .filter(building=building)
        .exclude(parent__isnull=False, capacity=1)
        .select_related("building", "floor", "rules")
        .order_by("floor__level", "code")
    )


def answers_in(
    data: Mapping[str, Any], touched: Sequence[Touched], closing: Closing
) -> dict[UUID, Answer]:
    """What was chosen for each booking, by its id; what was left open is missing."""
    found = {}
    for item in touched:
        person = item.booking.person
        reason = _reason(closing, person.language if person else "")
        match data.get(f"answer-{item.booking.pk}"):
            case "move" if item.proposal:
                found[item.booking.pk] = Answer(item.proposal, reason)
            case "cancel":
                found[item.booking.pk] = Answer(None, reason)
    return found


def _reason(closing: Closing, language: str) -> str:
    """In the language of whoever reads it, or the other one."""
    first, second = closing.reason_en, closing.reason_zh
    return (second or first) if language.startswith("zh") else (first or second)
