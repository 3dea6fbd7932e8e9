"""Forms for buildings, floors and spaces."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms.geojson import GeoJSONField
from district.geometry import validate_area
from spaces.actions.structure import Part
from spaces.models import Building, Feature, Floor, Measure, Realm, Space


def choices_field(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class BuildingForm(forms.ModelForm):  # type: ignore[type-arg]
    realms = choices_field(_("Realms"), Realm.choices)
    geometry = GeoJSONField(label=_("Outline (GeoJSON)"), check=validate_area, required=False)

    class Meta:
        model = Building
        fields = (
            "code",
            "name_zh",
            "name_en",
            "address_zh",
            "address_en",
            "community",
            "part_of",
            "function",
            "realms",
            "gross_area_m2",
            "built_year",
            "geometry",
        )
        labels = {"community": _("Community"), "part_of": _("Part of")}


class FloorForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Floor
        fields = ("level", "name_zh", "name_en")
        labels = {"name_zh": _("Chinese name"), "name_en": _("English name")}


class SpaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Technical figures are fields of their own here and one JSON object in the row."""

    realms = choices_field(_("Realms"), Realm.choices)
    features = choices_field(_("Features"), Feature.choices)
    geometry = GeoJSONField(label=_("Outline (GeoJSON)"), check=validate_area, required=False)

    class Meta:
        model = Space
        fields = (
            "code",
            "name_zh",
            "name_en",
            "description_zh",
            "description_en",
            "floor",
            "function",
            "realms",
            "area_m2",
            "capacity",
            "lettable",
            "bookable",
            "features",
            "geometry",
        )
        labels = {"floor": _("Floor")}
        widgets = {
            "description_zh": forms.Textarea(attrs={"rows": 3}),
            "description_en": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        floors = Floor.objects.filter(building=self.instance.building).order_by("level")
        self.fields["floor"].queryset = floors  # type: ignore[attr-defined]
        if self.instance.parent_id:
            del self.fields["floor"]
        for measure in Measure:
            self.fields[measure.value] = forms.CharField(
                label=measure.label,
                required=False,
                max_length=20,
                initial=self.instance.measures.get(measure.value, ""),
            )

    @property
    def measures(self) -> list[forms.BoundField]:
        return [self[measure.value] for measure in Measure]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.measures = {
            measure.value: cleaned[measure.value]
            for measure in Measure
            if cleaned.get(measure.value)
        }
        return cleaned


class PartForm(forms.Form):
    """One part of a space that is divided, or what a merged space will be."""

    code = forms.CharField(label=_("Code"), max_length=60)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=160, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    area_m2 = forms.DecimalField(
        label=_("Area (m²)"),
        required=False,
        max_digits=10,
        decimal_places=2,
        min_value=Decimal("0.01"),
    )
    capacity = forms.IntegerField(
        label=_("Capacity"), required=False, min_value=0, max_value=1_000_000
    )

    def part(self) -> Part:
        return Part(**{**self.cleaned_data, "capacity": self.cleaned_data["capacity"] or 0})


class BasePartFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def parts(self) -> list[Part]:
        return [form.part() for form in self.forms if form.has_changed()]


PartFormSet = forms.formset_factory(
    PartForm, formset=BasePartFormSet, extra=2, min_num=2, validate_min=True, max_num=24
)
