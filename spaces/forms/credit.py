"""Giving an organisation a credit or a pass."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models import Organization, OrganizationKind
from spaces.models import Credit, CreditUnit, SpaceFunction


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CreditForm(forms.ModelForm):  # type: ignore[type-arg]
    """Hours are typed as hours and kept as minutes."""

    function = forms.ChoiceField(
        label=_("For spaces of"),
        choices=[("", _("every kind")), *SpaceFunction.choices],
        required=False,
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[
            (CreditUnit.MINUTES, _("Hours of use")),
            (CreditUnit.VISITS, CreditUnit.VISITS.label),
            (CreditUnit.MONEY, CreditUnit.MONEY.label),
        ],
    )
    granted = forms.DecimalField(label=_("How much"), min_value=0, max_digits=12, decimal_places=2)
    fieldsets = (
        ("", ("organization", "name_zh", "name_en")),
        ("", ("unit", "granted", "function")),
        ("", ("valid_from", "valid_until", "note")),
    )

    class Meta:
        model = Credit
        fields = (
            "organization",
            "name_zh",
            "name_en",
            "unit",
            "granted",
            "function",
            "valid_from",
            "valid_until",
            "note",
        )
        widgets = {"valid_from": _day(), "valid_until": _day()}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial.update(valid_from=today, valid_until=today + timedelta(days=365))
        self.fields["organization"].queryset = (  # type: ignore[attr-defined]
            Organization.objects.current()
            .exclude(kind=OrganizationKind.OPERATOR)
            .order_by("name_zh", "name_en")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        granted, unit = cleaned.get("granted"), cleaned.get("unit")
        if granted is not None and unit == CreditUnit.MINUTES:
            granted = cleaned["granted"] = granted * 60
        if granted is not None and unit != CreditUnit.MONEY and granted % 1:
            self.add_error("granted", ValidationError(_("Minutes and visits are whole.")))
        return cleaned
