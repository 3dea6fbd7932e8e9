"""The form of a group robot."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from district.actions.robots import RobotWish
from district.models import Robot, RobotKind
from district.registry import verbs


class RobotForm(forms.Form):
    """Address and secret are never shown again: left empty, they stay as they are."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Platform"), choices=RobotKind.choices)
    address = forms.CharField(
        label=_("Webhook address"),
        max_length=300,
        help_text=_("As the group's settings show it. It holds the key and is kept sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        help_text=_("Of DingTalk and Feishu, where the robot demands a signature."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forget_secret = forms.BooleanField(
        label=_("Take the signing secret away"),
        required=False,
        help_text=_("Where the robot no longer demands a signature."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    is_enabled = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
    verbs = forms.MultipleChoiceField(
        label=_("What it is told of"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, robot: Robot) -> None:
        initial = {
            "name": robot.name,
            "kind": robot.kind,
            "language": robot.language,
            "is_enabled": robot.is_enabled,
            "verbs": robot.verbs,
        }
        super().__init__(data, initial=initial)
        told = [(name, verb.label) for name, verb in verbs.items() if verb.audience]
        self.fields["verbs"].choices = told  # type: ignore[attr-defined]
        if not robot.sealed_secret:
            del self.fields["forget_secret"]
        if not robot._state.adding:
            self.fields["address"].required = False
            self.fields["address"].help_text = _("Now %(hint)s. Leave it empty to keep it.") % {
                "hint": robot.address_hint
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("forget_secret") and data.get("secret"):
            self.add_error("secret", _("Enter a new secret or take the old one away, not both."))
        return data

    def wish(self) -> RobotWish:
        data = self.cleaned_data
        return RobotWish(
            name=data["name"],
            kind=RobotKind(data["kind"]),
            address=data["address"],
            secret=None if data.get("forget_secret") else data["secret"],
            verbs=data["verbs"],
            language=data["language"],
            is_enabled=data["is_enabled"],
        )
