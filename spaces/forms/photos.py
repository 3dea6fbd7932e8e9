from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files at once; cleans to a list."""

    widget = ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(file, initial) for file in files]


class PhotosForm(forms.Form):
    photos = PhotosField(
        label=_("Photos"), help_text=_("JPEG, PNG or WebP, up to 10 MB each; several at once.")
    )


class PhotoTextForm(forms.Form):
    """What somebody who cannot see the photo is told."""

    alt_zh = forms.CharField(label=_("Chinese description"), max_length=200, required=False)
    alt_en = forms.CharField(label=_("English description"), max_length=200, required=False)
