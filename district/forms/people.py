"""Forms for people, organisations and claims."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from district.forms.organizations import USCCField
from district.models import (
    Community,
    Invitation,
    Membership,
    Organization,
    OrganizationClaim,
    Role,
)
from district.models.uscc import validate_uscc
from district.permissions import assignable_roles

# What most people who join do; more is given knowingly.
USUAL: Final = (Role.COMPANY_MEMBER, Role.OPERATOR)


class AreaForm(forms.Form):
    """A role the actor may give in the organisation and, for staff, an area."""

    role = forms.ChoiceField(label=_("Role"))
    community = forms.ModelChoiceField(
        queryset=Community.objects.none(),
        label=_("Assigned area"),
        required=False,
        empty_label=_("Whole district"),
        help_text=_("Only operator staff are limited to an area."),
    )

    def offer(self, actor: Membership, organization: Organization) -> None:
        """Put in the roles that may be given; without operator staff there is no area."""
        roles = assignable_roles(actor, organization)
        field: Any = self.fields["role"]
        field.choices = [(role.value, role.label) for role in roles]
        if Role.OPERATOR in roles:
            areas: Any = self.fields["community"]
            areas.queryset = Community.objects.order_by("code")
        else:
            del self.fields["community"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("community") and given.get("role") != Role.OPERATOR:
            self.add_error("community", _("Only operator staff are limited to an area."))
        return given


class RoleForm(AreaForm):
    def __init__(self, *args: Any, actor: Membership, organization: Organization, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer(actor, organization)


class InvitationForm(AreaForm, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Invitation
        fields = ("name", "email", "role", "community")

    def __init__(self, *args: Any, actor: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.order_fields(("name", "email", "role", "community"))
        self.fields["name"].label = pgettext_lazy("person", "Name")
        self.offer(actor, self.instance.organization)
        roles = assignable_roles(actor, self.instance.organization)
        self.initial["role"] = next((role for role in USUAL if role in roles), "")


class ClaimForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=_("Your name"), max_length=80)
    licence_file = forms.FileField(
        label=_("Business licence"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
    authorisation_file = forms.FileField(
        label=_("Letter of authorisation"), help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )

    uscc = USCCField(
        label=_("Unified social credit code"),
        validators=[validate_uscc],
        help_text=_("The 18 characters on the licence."),
    )

    class Meta:
        model = OrganizationClaim
        fields = ("legal_name", "uscc")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)
