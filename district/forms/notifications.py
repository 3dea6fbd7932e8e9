"""How a person wants to be told."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from district.actions.notifications import told_groups, urgent_groups
from district.channels.plan import choice_of
from district.models import MailPace, NotificationChoice, Person

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class NotificationSettingsForm(forms.Form):
    """A pace of mails per group of verbs, text messages where some are urgent, and the hours."""

    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    digest_hour = forms.TypedChoiceField(label=_("Daily mail at"), choices=HOURS, coerce=int)
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Mails wait until the quiet hours are over; urgent ones come at once."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        initial = {
            "language": person.language,
            "digest_hour": person.digest_hour,
            "quiet_from": person.quiet_from,
            "quiet_until": person.quiet_until,
        }
        super().__init__(data, initial=initial)
        kept = {
            (row.person_id, row.group): row
            for row in NotificationChoice.objects.filter(person=person)
        }
        for key, group in told_groups().items():
            choice = choice_of(person.pk, group, kept)
            self.fields[f"email-{key}"] = forms.ChoiceField(
                label=str(group.label), choices=MailPace.choices, initial=choice.email
            )
            if key in urgent_groups():
                self.fields[f"sms-{key}"] = forms.BooleanField(
                    label=str(group.label), required=False, initial=choice.sms
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("quiet_from")) is not bool(cleaned.get("quiet_until")):
            self.add_error("quiet_until", _("Give both times, or neither."))
        return cleaned

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The matrix: a group's label, its mail field, its text message field if it has one."""
        return [
            {
                "label": group.label,
                "email": self[f"email-{key}"],
                "sms": self[f"sms-{key}"] if f"sms-{key}" in self.fields else None,
            }
            for key, group in told_groups().items()
        ]

    def choices(self) -> dict[str, tuple[MailPace, bool]]:
        return {
            key: (
                MailPace(self.cleaned_data[f"email-{key}"]),
                self.cleaned_data.get(f"sms-{key}", True),
            )
            for key in told_groups()
        }

    def hours(self) -> tuple[time | None, time | None, int]:
        data = self.cleaned_data
        return data["quiet_from"], data["quiet_until"], cast(int, data["digest_hour"])
