"""Forms for an organisation's file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.models import Certification, Membership, Organization, OrganizationContact
from district.models.uscc import normal_uscc, validate_uscc
from district.permissions import can_create_organization

REGISTERED = ("legal_name", "uscc", "kind", "community", "country", "founded_on")
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class USCCField(forms.CharField):
    """Takes a code as people copy it: with blanks, in small letters."""

    def to_python(self, value: Any) -> str:
        return normal_uscc(super().to_python(value) or "")


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Registered name, code and kind were checked by the operator, so only the operator changes
    them."""

    fieldsets = (
        (_("Name"), ("name_zh", "name_en", "other_names")),
        (_("Registration"), REGISTERED),
        (_("About"), ("industry", "employee_count", "website", "summary_zh", "summary_en")),
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    uscc = USCCField(
        label=_("Unified social credit code"), required=False, validators=[validate_uscc]
    )

    class Meta:
        model = Organization
        fields = (
            "name_zh",
            "name_en",
            "other_names",
            *REGISTERED,
            "industry",
            "employee_count",
            "website",
            "summary_zh",
            "summary_en",
        )
        labels = {"community": _("Community")}
        widgets = {
            "other_names": forms.Textarea(attrs={"rows": 2}),
            "summary_zh": forms.Textarea(attrs={"rows": 4}),
            "summary_en": forms.Textarea(attrs={"rows": 4}),
            "founded_on": DATE,
        }

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not can_create_organization(actor):
            for name in REGISTERED:
                del self.fields[name]

    def clean_uscc(self) -> str | None:
        return self.cleaned_data["uscc"] or None

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class CertificationForm(forms.ModelForm):  # type: ignore[type-arg]
    upload = forms.FileField(
        label=_("Certificate"),
        required=False,
        help_text=_(
            "PDF, JPEG or PNG, at most 10 MB. Only the organisation and the operator see it."
        ),
    )

    class Meta:
        model = Certification
        fields = ("kind", "number", "issued_on", "expires_on")
        widgets = {"issued_on": DATE, "expires_on": DATE}


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = OrganizationContact
        fields = ("name", "title", "mobile", "email")
