"""The finder's question: at a time, or as early as may be within some days."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spaces.forms.booking import SearchForm
from spaces.models import Building
from spaces.rules import DAY_MINUTES
from spaces.starts import Span

SOON: Final = timedelta(days=13)


class When(models.TextChoices):
    AT = "at", _("At a time")
    DAY = "day", _("Any time that day")
    WEEK = "week", _("Any day that week")
    SOON = "soon", _("As early as possible")


class Part(models.TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")


PARTS: Final = {
    # Nobody is sent to a place that never closes at night, unless they ask for an hour.
    "": (7 * 60, 22 * 60),
    Part.MORNING: (7 * 60, 12 * 60),
    Part.AFTERNOON: (12 * 60, 18 * 60),
    Part.EVENING: (18 * 60, DAY_MINUTES),
}


class FinderForm(SearchForm):
    """With `when` other than “at a time” it asks for the first free time within its `span()`.

    `near` orders by the way there, `building` narrows to it.
    """

    when = forms.ChoiceField(choices=When, required=False)
    part = forms.ChoiceField(
        label=_("Part of the day"), choices=[("", _("Any time")), *Part.choices], required=False
    )
    after = forms.TimeField(
        label=_("Not before"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 1800}),
    )
    near: Any = forms.ModelChoiceField(
        label=_("Near"), queryset=Building.objects.none(), required=False
    )
    favourites = forms.BooleanField(label=_("Only favourites"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        near: Any = self.fields["near"]
        near.queryset = Building.objects.filter(ended_at=None, latitude__isnull=False).order_by(
            "code"
        )
        near.empty_label = _("Anywhere")
        for name, style in (("near", "select"), ("part", "select"), ("after", "control")):
            self.fields[name].widget.attrs["class"] = f"form-{style}"
        if self.is_open:
            self.fields["at"].required = False
            self.fields["at"].disabled = True
        if self["when"].value() == When.SOON:
            self.fields["day"].disabled = True
            self.initial["day"] = timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether the time is left open."""
        return self["when"].value() in {When.DAY, When.WEEK, When.SOON}

    def clean(self) -> dict[str, Any]:
        if self.is_open:
            self.cleaned_data.pop("at", None)
        return super().clean()

    def span(self) -> Span:
        """Of a valid form: the days, the part of each, and how long."""
        data = self.cleaned_data
        first: date = data["day"]
        last = {
            When.WEEK: first + timedelta(days=6 - first.weekday()),
            When.SOON: first + SOON,
        }.get(data["when"], first)
        begins, ends = PARTS[data["part"]]
        if after := data["after"]:
            begins = max(begins, after.hour * 60 + after.minute)
        if not self.is_open:
            local = timezone.localtime(self.starts_at)
            begins = local.hour * 60 + local.minute
            ends = begins + 1
        return Span(first, last, data["minutes"], begins, ends)

    def later(self) -> Span:
        """Where to look when nothing is free then: the two weeks from there on."""
        span = self.span()
        not_before: datetime | None = None if self.is_open else self.starts_at
        return Span(span.first_day, span.first_day + SOON, span.minutes, not_before=not_before)
