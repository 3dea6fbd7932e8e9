"""Forms for people, organisations and claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.models import Invitation, Membership, Organization, OrganizationClaim
from district.permissions import assignable_roles, can_create_organization

OWN_FIELDS = (
    "name_zh",
    "name_en",
    "industry",
    "website",
    "summary_zh",
    "summary_en",
    "employee_count",
)


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Registered name, code and kind were checked by the operator, so only the operator changes
    them."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Organization
        fields = ("legal_name", "uscc", "kind", "community", "country", "founded_on", *OWN_FIELDS)

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not can_create_organization(actor):
            for name in [name for name in self.fields if name not in OWN_FIELDS]:
                del self.fields[name]

    def clean_uscc(self) -> str | None:
        return (self.cleaned_data["uscc"] or "").upper() or None


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, actor: Membership, organization: Organization, **kwargs: Any):
        super().__init__(*args, **kwargs)
        roles = assignable_roles(actor, organization)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Invitation
        fields = ("name", "email", "role")

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        roles = assignable_roles(actor, self.instance.organization)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class ClaimForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=_("Your name"), max_length=80)
    licence_file = forms.FileField(
        label=_("Business licence"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
    authorisation_file = forms.FileField(
        label=_("Letter of authorisation"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )

    class Meta:
        model = OrganizationClaim
        fields = ("legal_name", "uscc")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)
