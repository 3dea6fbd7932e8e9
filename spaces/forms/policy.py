"""One layer of booking rules: empty means inherited; opening hours and closures in plain words."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from spaces.forms.policy_rows import RowsFormSet
from spaces.models import Audience, BookingPolicy
from spaces.policy_table import spans_text, words_of
from spaces.rules import DAY_MINUTES, WEEKDAYS, Resolved

SPAN: Final = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–—至~]\s*(\d{1,2}):(\d{2})$")
SEPARATORS: Final = re.compile(r"[,，;；、]")
CHECK: Final = {"class": "form-check-input"}
PLAIN: Final = (
    "window_days",
    "notice_minutes",
    "min_minutes",
    "max_minutes",
    "grid_minutes",
    "setup_minutes",
    "cleanup_minutes",
    "approval",
    "approval_above_people",
    "holds_when_requested",
    "quota_minutes_per_month",
    "hourly_price",
    "cancellation",
    "cancellation_notice_minutes",
    "offer_minutes",
    "check_in_minutes",
    "strike_limit",
    "strike_days",
    "strike_block_days",
)
# Sections as an operator thinks of them: (title, what it is about, fields).
SECTIONS: Final = (
    (
        _("How far ahead"),
        _("When somebody may book, seen from now."),
        ("window_days", "notice_minutes"),
    ),
    (
        _("How long"),
        _("Starts and lengths fall on the steps."),
        ("min_minutes", "max_minutes", "grid_minutes"),
    ),
    (
        _("Before and after"),
        _("Kept free for set-up and clean-up; nobody pays for it."),
        ("setup_minutes", "cleanup_minutes"),
    ),
    (
        _("Approval"),
        _("Which bookings somebody looks at first, and whether the slot is kept meanwhile."),
        ("approval", "approval_above_people", "holds_when_requested"),
    ),
    (
        _("Quota and price"),
        _("The quota is of an organisation and a calendar month."),
        ("quota_minutes_per_month", "hourly_price"),
    ),
    (
        _("Cancelling"),
        _("What the company may do by itself; staff always may."),
        ("cancellation", "cancellation_notice_minutes"),
    ),
    (
        _("Waitlist"),
        _("How long a slot that became free is kept for whoever it is offered to."),
        ("offer_minutes",),
    ),
    (
        _("Check-in and no-shows"),
        _("0 minutes: nobody has to check in. 0 no-shows: nobody is blocked."),
        ("check_in_minutes", "strike_limit", "strike_days", "strike_block_days"),
    ),
)
# What a figure is counted in; the label says what it is.
UNITS: Final = {
    "window_days": (_("At most ahead"), _("days")),
    "notice_minutes": (_("At least ahead"), _("minutes")),
    "min_minutes": (_("Shortest"), _("minutes")),
    "max_minutes": (_("Longest"), _("minutes")),
    "grid_minutes": (_("Steps"), _("minutes")),
    "setup_minutes": (_("Set-up before"), _("minutes")),
    "cleanup_minutes": (_("Clean-up after"), _("minutes")),
    "approval_above_people": (_("Approval for more than"), _("people")),
    "quota_minutes_per_month": (_("Quota"), _("minutes a month")),
    "hourly_price": (_("Price"), _("an hour")),
    "cancellation_notice_minutes": (_("Notice for cancelling"), _("minutes")),
    "offer_minutes": (_("An offer stands"), _("minutes")),
    "check_in_minutes": (_("Given free after"), _("minutes without check-in")),
    "strike_limit": (_("Blocked after"), _("no-shows")),
    "strike_days": (_("Counted within"), _("days")),
    "strike_block_days": (_("Blocked for"), _("days")),
}
DAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class HoursField(forms.CharField):
    """Opening hours of a day: “08:00–12:00, 13:00–18:00”; cleans to minutes after midnight."""

    def prepare_value(self, value: Any) -> Any:
        return spans_text(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[list[int]]:  # type: ignore[override]
        text = super().to_python(value) or ""
        spans = [_span(part) for part in SEPARATORS.split(text) if part.strip()]
        spans.sort()
        if any(first[1] > second[0] for first, second in pairwise(spans)):
            raise ValidationError(_("These hours overlap."), code="hours_overlap")
        return spans


def _span(text: str) -> list[int]:
    match = SPAN.match(text.strip())
    if match is None:
        raise ValidationError(_("Write hours as 08:00–18:00."), code="hours_form")
    a, b, c, d = map(int, match.groups())
    start, end = a * 60 + b, c * 60 + d
    if b > 59 or d > 59 or not 0 <= start < end <= DAY_MINUTES:
        raise ValidationError(_("Hours must end after they begin, by 24:00."), code="hours_order")
    return [start, end]


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """`above` are the rules without this layer; each field's hint says what it would inherit."""

    audience = forms.MultipleChoiceField(
        label=_("Who may book"),
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own_rates = forms.BooleanField(
        label=_("Own rates"), required=False, widget=forms.CheckboxInput(attrs=CHECK)
    )
    own_fees = forms.BooleanField(
        label=_("Own fees"), required=False, widget=forms.CheckboxInput(attrs=CHECK)
    )
    own_opening = forms.BooleanField(
        label=_("Own opening hours"),
        required=False,
        widget=forms.CheckboxInput(attrs=CHECK),
    )
    holds_when_requested = forms.TypedChoiceField(
        label=_("A request keeps the slot"),
        choices=[("", _("Inherited")), ("True", _("Yes")), ("False", _("No"))],
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
    )

    class Meta:
        model = BookingPolicy
        fields = PLAIN

    def __init__(self, *args: Any, above: Resolved, **kwargs: Any):
        super().__init__(*args, **kwargs)
        opening = self.instance.opening
        self.initial["own_opening"] = opening is not None
        self.initial["own_rates"] = self.instance.rates is not None
        self.initial["own_fees"] = self.instance.cancellation_fees is not None
        self.initial["audience"] = self.instance.audience or []
        for day, label in zip(WEEKDAYS, DAYS, strict=True):
            hours = (above.values["opening"] if opening is None else opening).get(day, [])
            self.fields[f"day_{day}"] = HoursField(label=label, required=False, initial=hours)
        for name in (*PLAIN, "audience"):
            self.fields[name].help_text = words_of(name, above.values)
        self.fields["own_rates"].help_text = words_of("rates", above.values)
        self.fields["own_fees"].help_text = words_of("cancellation_fees", above.values)
        for name, (label, unit) in UNITS.items():
            self.fields[name].label = label
            self.fields[name].unit = unit  # type: ignore[attr-defined]
        for name in ("approval", "cancellation"):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", _("Inherited")),
                *self.fields[name].choices[1:],  # type: ignore[attr-defined]
            ]
        for name in ("grid_minutes", "min_minutes", "max_minutes", "offer_minutes"):
            self.fields[name].min_value = 5  # type: ignore[attr-defined]

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in WEEKDAYS]

    @property
    def sections(self) -> list[tuple[Any, Any, list[tuple[forms.BoundField, bool]]]]:
        """Title, note, and each field with whether this layer sets it itself."""
        return [
            (title, note, [self._own(name) for name in names]) for title, note, names in SECTIONS
        ]

    def _own(self, name: str) -> tuple[forms.BoundField, bool]:
        return self[name], self.initial.get(name) not in (None, "")

    def clean_grid_minutes(self) -> int | None:
        grid: int | None = self.cleaned_data["grid_minutes"]
        if grid is not None and (grid < 5 or DAY_MINUTES % grid):
            raise ValidationError(
                _("Steps are at least 5 minutes and divide the day evenly."), code="grid"
            )
        return grid

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.audience = cleaned.get("audience") or None
        self.instance.opening = (
            {day: cleaned[f"day_{day}"] for day in WEEKDAYS if cleaned.get(f"day_{day}")}
            if cleaned.get("own_opening")
            else None
        )
        return cleaned

    def take_rows(self, rows: Mapping[str, RowsFormSet]) -> None:
        """Closures add up, so they are always this layer's; rates and fees only where ticked."""
        own = self.cleaned_data
        self.instance.closures = rows["closures"].values()
        self.instance.rates = rows["rates"].values() if own["own_rates"] else None
        self.instance.cancellation_fees = rows["fees"].values() if own["own_fees"] else None
