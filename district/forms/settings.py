"""Forms for the district as a whole."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms.geojson import GeoJSONField
from district.geometry import validate_area
from district.models import Community, District
from district.modules import module_choices


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    fieldsets = (
        (_("Name"), ("name_zh", "name_en", "summary_zh", "summary_en")),
        (_("Language, time and money"), ("language", "time_zone", "currency")),
        (_("Contact"), ("contact_email", "contact_phone")),
        (_("Modules"), ("modules",)),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name) for name in sorted(available_timezones()) if "/" in name],
        help_text=_("Opening hours and new bookings follow it; existing bookings keep their hour."),
    )
    modules = forms.MultipleChoiceField(
        label=_("Switched on"),
        choices=module_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is switched off vanishes from the menu; nothing is deleted."),
    )

    class Meta:
        model = District
        fields = (
            "name_zh",
            "name_en",
            "summary_zh",
            "summary_en",
            "language",
            "time_zone",
            "currency",
            "contact_email",
            "contact_phone",
            "modules",
        )
        widgets = {
            "summary_zh": forms.Textarea(attrs={"rows": 3}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class CommunityForm(forms.ModelForm):  # type: ignore[type-arg]
    boundary = GeoJSONField(
        check=validate_area,
        label=_("Outline (GeoJSON)"),
        required=False,
        help_text=_("A Polygon or MultiPolygon in WGS 84, pasted from any map tool."),
    )

    class Meta:
        model = Community
        fields = ("code", "name_zh", "name_en", "summary_zh", "summary_en", "boundary")
        widgets = {
            "summary_zh": forms.Textarea(attrs={"rows": 3}),
            "summary_en": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_code(self) -> Any:
        return self.cleaned_data["code"].strip()
