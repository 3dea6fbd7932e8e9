"""Forms for zones, places, art works, routes and platforms."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.forms.geojson import GeoJSONField
from district.geometry import validate_area, validate_line
from spaces.models import ArtWork, Building, Place, Platform, Route, Zone

STOP_ROWS: Final = 16
LONG: Final = forms.Textarea(attrs={"rows": 4})


def web_address(label: Any, length: int = 200) -> forms.URLField:
    return forms.URLField(label=label, required=False, max_length=length, assume_scheme="https")


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """Targets are numbers of their own here and one JSON object in the row."""

    boundary = GeoJSONField(label=_("Boundary (GeoJSON)"), check=validate_area)
    universities = forms.IntegerField(label=_("Universities"), required=False, min_value=0)
    research_bodies = forms.IntegerField(label=_("Research bodies"), required=False, min_value=0)
    companies = forms.IntegerField(label=_("Companies"), required=False, min_value=0)
    area_km2 = forms.FloatField(label=_("Area (km²)"), required=False, min_value=0)

    class Meta:
        model = Zone
        fields = ("name_zh", "name_en", "purpose", "boundary")

    TARGETS = ("universities", "research_bodies", "companies", "area_km2")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in self.TARGETS:
            self.initial[name] = self.instance.targets.get(name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.targets = {
            name: cleaned[name] for name in self.TARGETS if cleaned.get(name) is not None
        }
        return cleaned


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    website = web_address(_("Website"), 500)

    class Meta:
        model = Place
        fields = (
            "kind",
            "name_zh",
            "name_en",
            "description_zh",
            "description_en",
            "longitude",
            "latitude",
            "hours",
            "website",
            "building",
        )
        labels = {"building": _("Building")}
        widgets = {"description_zh": LONG, "description_en": LONG}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["building"].queryset = _buildings()  # type: ignore[attr-defined]


class ArtWorkForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ArtWork
        fields = (
            "name_zh",
            "name_en",
            "artist",
            "year",
            "story_zh",
            "story_en",
            "longitude",
            "latitude",
        )
        widgets = {"story_zh": LONG, "story_en": LONG}


class RouteForm(forms.ModelForm):  # type: ignore[type-arg]
    """Stops are rows of one choice each, places and art works together, in walking order."""

    line = GeoJSONField(label=_("Line (GeoJSON)"), check=validate_line, required=False)

    class Meta:
        model = Route
        fields = ("name_zh", "name_en", "description_zh", "description_en", "line")
        widgets = {"description_zh": LONG, "description_en": LONG}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.targets: dict[str, Place | ArtWork] = {
            f"{row._meta.model_name}:{row.pk}": row
            for rows in (
                Place.objects.filter(ended_at=None),
                ArtWork.objects.filter(ended_at=None),
            )
            for row in rows.order_by("name_zh", "name_en")
        }
        choices = [("", "—"), *((key, row.name) for key, row in self.targets.items())]
        for position, chosen in enumerate(self._present() + [""] * STOP_ROWS, start=1):
            if position > STOP_ROWS:
                break
            self.fields[f"stop_{position}"] = forms.ChoiceField(
                label=_("Stop %(n)d") % {"n": position},
                choices=choices,
                required=False,
                initial=chosen,
            )

    def _present(self) -> list[str]:
        if self.instance._state.adding:
            return []
        return [
            f"place:{stop.place_id}" if stop.place_id else f"artwork:{stop.artwork_id}"
            for stop in self.instance.stops.order_by("position")
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len(self.stops) < 2 and not self.errors:
            raise ValidationError(_("A route needs at least two stops."), code="route_stops")
        return cleaned

    @property
    def stops(self) -> list[Place | ArtWork]:
        keys = [self.cleaned_data.get(f"stop_{n}") for n in range(1, STOP_ROWS + 1)]
        return [self.targets[key] for key in keys if key]


class PlatformForm(forms.ModelForm):  # type: ignore[type-arg]
    url = web_address(_("Address"))
    health_url = web_address(_("Health check address"))

    class Meta:
        model = Platform
        fields = (
            "kind",
            "name_zh",
            "name_en",
            "purpose_zh",
            "purpose_en",
            "url",
            "health_url",
            "operator",
            "building",
        )
        labels = {"building": _("Building"), "operator": _("Operated by")}
        widgets = {"purpose_zh": LONG, "purpose_en": LONG}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["building"].queryset = _buildings()  # type: ignore[attr-defined]
        self.fields["health_url"].help_text = _(
            "Asked every five minutes whether it answers; left empty, the address itself is."
        )


def _buildings() -> Any:
    return Building.objects.current().order_by("code")
