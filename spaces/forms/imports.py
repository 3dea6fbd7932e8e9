from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from spaces.imports.kinds import KINDS
from spaces.imports.read import MOST_BYTES


class ImportForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is in the file"), choices=[(key, kind.label) for key, kind in KINDS.items()]
    )
    file = forms.FileField(label=_("File"))
    step = forms.ChoiceField(
        label=_("Then"),
        choices=[("check", _("Only check, change nothing")), ("apply", _("Bring it in"))],
        initial="check",
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than %(most)d MB. Please split it."),
                code="import_size",
                params={"most": MOST_BYTES // 1024 // 1024},
            )
        return upload
