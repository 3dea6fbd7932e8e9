"""How people say that something repeats: a few choices instead of a rule."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from spaces.forms.booking import BookForm
from spaces.forms.policy import DAYS
from spaces.recurrence import NAMES, Pattern

DAY_MINUTES: Final = 24 * 60
EVERY: Final = (
    ("day", _("Every day")),
    ("workday", _("Every workday")),
    ("week", _("Every week")),
    ("fortnight", _("Every two weeks")),
    ("month", _("Every month on the same day")),
    ("month_weekday", _("Every month on the same weekday")),
)
WEEKDAYS: Final = {"week", "fortnight"}


class RepeatForm(BookForm):
    """A first date as for one booking, how it repeats and until when; gives `pattern`."""

    every = forms.ChoiceField(label=_("Repeats"), choices=EVERY)
    weekday = forms.MultipleChoiceField(
        label=_("On"),
        choices=[(str(number), label) for number, label in enumerate(DAYS, 1)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    pattern: Pattern

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        del self.fields["seats"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("minutes", 0) > DAY_MINUTES:
            self.add_error("minutes", _("What repeats lasts a day at most."))
        if {"day", "until"} <= cleaned.keys() and cleaned["until"] < cleaned["day"]:
            self.add_error("until", _("The last day is before the first."))
        if self.errors:
            return cleaned
        day, at = cleaned["day"], cleaned["at"]
        ends = (datetime.combine(day, at) + timedelta(minutes=cleaned["minutes"])).time()
        self.pattern = Pattern(self._rule(cleaned), day, at, ends)
        return cleaned

    @staticmethod
    def _rule(cleaned: dict[str, Any]) -> str:
        day: date = cleaned["day"]
        chosen = sorted(int(item) for item in cleaned.get("weekday") or [day.isoweekday()])
        on = ",".join(NAMES[number - 1] for number in chosen)
        rules = {
            "day": "FREQ=DAILY",
            "workday": f"FREQ=WEEKLY;BYDAY={','.join(NAMES[:5])}",
            "week": f"FREQ=WEEKLY;BYDAY={on}",
            "fortnight": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={on}",
            "month": f"FREQ=MONTHLY;BYMONTHDAY={day.day}",
            "month_weekday": f"FREQ=MONTHLY;BYDAY={_place(day)}{NAMES[day.weekday()]}",
        }
        return f"{rules[cleaned['every']]};UNTIL={cleaned['until']:%Y%m%d}"


def _place(day: date) -> int:
    """Which weekday of its month a day is: 1 to 4, or the last (-1)."""
    place = (day.day - 1) // 7 + 1
    return place if place < 5 else -1


class TimesForm(forms.Form):
    """Other times on the clock for the dates of a series, from a day on."""

    from_on = forms.DateField(
        label=_("From this date on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    begins = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time", "step": 900})
    )
    ends = forms.TimeField(
        label=_("Until"),
        help_text=_("A time before the start is on the day after."),
        widget=forms.TimeInput(attrs={"type": "time", "step": 900}),
    )


class FromForm(forms.Form):
    from_on = forms.DateField(
        label=_("From this date on"), widget=forms.DateInput(attrs={"type": "date"})
    )
