"""The lists within booking rules: closures, rates, fees for late cancelling; a row each."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.models import OrganizationKind
from spaces.models import BookingPolicy
from spaces.policy_table import clock
from spaces.rules import DAY_MINUTES, WEEKDAYS

DAYS_OF: Final = {
    "".join(WEEKDAYS): _("Every day"),
    "12345": _("Monday to Friday"),
    "67": _("Saturday and Sunday"),
    "6": _("Saturday"),
    "7": _("Sunday"),
}
KINDS: Final = [
    ("", _("Everybody")),
    *((kind.value, kind.label) for kind in OrganizationKind if kind != OrganizationKind.OPERATOR),
]


class RowsFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows whose forms tell what they are as a value."""

    def values(self) -> list[Any]:
        """Those that are filled in, without those ticked to be removed."""
        return [
            form.value()
            for form in self.forms
            if form.has_changed() or form.initial
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


class ClosureForm(forms.Form):
    """Days on which nothing can be booked, both included."""

    begins = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends < begins:
            raise ValidationError(_("The last day comes before the first."), code="closure_order")
        return cleaned

    def value(self) -> dict[str, str]:
        return {
            "from": self.cleaned_data["begins"].isoformat(),
            "to": self.cleaned_data["ends"].isoformat(),
            "reason": self.cleaned_data["reason"],
        }


class RateForm(forms.Form):
    """What an hour costs at some times, or some organisations."""

    kind = forms.ChoiceField(label=_("Applies to"), choices=KINDS, required=False)
    days = forms.ChoiceField(
        label=_("Days"), choices=list(DAYS_OF.items()), initial=next(iter(DAYS_OF))
    )
    begins = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        help_text=_("00:00 is the end of the day."),
    )
    price = forms.DecimalField(
        label=_("Price per hour"), min_value=0, max_digits=14, decimal_places=2
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("begins") is None or cleaned.get("ends") is None:
            return cleaned
        begins = cleaned["begins"].hour * 60 + cleaned["begins"].minute
        ends = (cleaned["ends"].hour * 60 + cleaned["ends"].minute) or DAY_MINUTES
        if begins % 5 or ends % 5:
            raise ValidationError(_("Rates begin and end on steps of 5 minutes."), code="rate_step")
        if ends <= begins:
            raise ValidationError(_("It must end after it starts."), code="rate_order")
        self.span = begins, ends
        return cleaned

    def value(self) -> dict[str, Any]:
        begins, ends = self.span
        return {
            "kind": self.cleaned_data["kind"],
            "days": self.cleaned_data["days"],
            "from": begins,
            "to": ends,
            "price": f"{self.cleaned_data['price']:.2f}",
        }

    @staticmethod
    def shown(rate: dict[str, Any]) -> dict[str, Any]:
        return {**rate, "begins": clock(rate["from"]), "ends": clock(rate["to"] % DAY_MINUTES)}


class FeeForm(forms.Form):
    """From when on giving a booking up costs how much of its price."""

    hours = forms.DecimalField(
        label=_("Hours before the start"), min_value=0, max_value=24 * 90, decimal_places=2
    )
    percent = forms.IntegerField(label=_("Per cent of the price"), min_value=1, max_value=100)

    def value(self) -> dict[str, int]:
        return {
            "minutes": int(self.cleaned_data["hours"] * 60),
            "percent": self.cleaned_data["percent"],
        }

    @staticmethod
    def shown(step: dict[str, int]) -> dict[str, Any]:
        return {"hours": f"{step['minutes'] / 60:g}", "percent": step["percent"]}


def _formset(form: type[forms.Form], most: int) -> type[RowsFormSet]:
    return forms.formset_factory(
        form, formset=RowsFormSet, extra=2, can_delete=True, can_delete_extra=False, max_num=most
    )  # type: ignore[return-value]


ClosureFormSet: Final = _formset(ClosureForm, 60)
RateFormSet: Final = _formset(RateForm, 20)
FeeFormSet: Final = _formset(FeeForm, 5)


def row_forms(policy: BookingPolicy, data: Any) -> dict[str, RowsFormSet]:
    """The lists of a layer to be edited, by their names in the form."""
    closures = [
        {"begins": row["from"], "ends": row["to"], "reason": row.get("reason", "")}
        for row in policy.closures
    ]
    rates = [RateForm.shown(rate) for rate in policy.rates or []]
    fees = [FeeForm.shown(step) for step in policy.cancellation_fees or []]
    return {
        "closures": ClosureFormSet(data, prefix="closures", initial=closures),
        "rates": RateFormSet(data, prefix="rates", initial=rates),
        "fees": FeeFormSet(data, prefix="fees", initial=fees),
    }
