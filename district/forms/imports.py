from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.forms.uploads import MOST_UPLOAD_BYTES
from district.imports.rows import ending_of
from district.imports.work import APPLY, CHECK
from district.registry import Importer


class ImportForm(forms.Form):
    """A file for one importer, with the further fields that importer asks for."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)

    def __init__(self, importer: Importer, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.importer = importer
        self.option_names: list[str] = []
        if importer.options:
            options = importer.options()
            self.option_names = list(options)
            self.fields.update(options)
        self.fields["step"] = forms.ChoiceField(
            label=_("Then"),
            choices=[(CHECK, _("Only check, change nothing")), (APPLY, _("Bring it in"))],
            initial=CHECK,
            widget=forms.RadioSelect,
        )
        endings = ", ".join(f".{ending}" for ending in importer.extensions)
        self.fields["file"].widget.attrs["accept"] = endings.replace(" ", "")
        self.fields["file"].help_text = _("%(endings)s, up to %(most)d MB") % {
            "endings": endings,
            "most": MOST_UPLOAD_BYTES // 1024 // 1024,
        }

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_UPLOAD_BYTES:
            raise ValidationError(
                _("The file is larger than %(most)d MB. Please split it."),
                code="import_size",
                params={"most": MOST_UPLOAD_BYTES // 1024 // 1024},
            )
        if not upload.size:
            raise ValidationError(_("The file is empty."), code="import_file")
        if ending_of(upload.name) not in self.importer.extensions:
            raise ValidationError(
                _("Bring a file of one of these kinds: %(endings)s"),
                code="import_file",
                params={"endings": ", ".join(self.importer.extensions)},
            )
        return upload

    def parameters(self) -> dict[str, str]:
        """What the job needs to know besides the file, as text."""
        given = {name: self.cleaned_data[name] for name in ["step", *self.option_names]}
        return {name: "" if value is None else str(value) for name, value in given.items()}
