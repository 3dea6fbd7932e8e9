"""A field for an outline: pasted or uploaded GeoJSON, whole files with one feature too."""

import json
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS: Final = 1_000_000


class GeoJSONField(forms.CharField):
    """Cleans to a geometry; unwraps a Feature, or a FeatureCollection of one feature."""

    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "data-geojson": ""})

    def __init__(self, *, check: Callable[[Any], None], **kwargs: Any):
        super().__init__(max_length=MOST_CHARACTERS, **kwargs)
        self.check = check

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return _geometry(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is not valid JSON."), code="json") from error

    def validate(self, value: Any) -> None:
        if value is not None:
            self.check(value)
        elif self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The length was checked on the text; a geometry has no length."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


def _geometry(data: Any) -> Any:
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        features = data.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValidationError(_("Paste one outline at a time."), code="geojson_one")
        data = features[0]
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = data.get("geometry")
    return data
