"""The form of a notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.models import Community, Notice, OrganizationKind

WHEN = "%Y-%m-%dT%H:%M"


class NoticeForm(forms.ModelForm):  # type: ignore[type-arg]
    communities = forms.TypedMultipleChoiceField(
        label=_("Communities"),
        required=False,
        coerce=str,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of organisations"),
        required=False,
        choices=OrganizationKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )

    class Meta:
        model = Notice
        fields = (
            "title_zh",
            "title_en",
            "body_zh",
            "body_en",
            "starts_at",
            "ends_at",
            "is_banner",
            "communities",
            "kinds",
        )
        widgets = {
            "body_zh": forms.Textarea(attrs={"rows": 4}),
            "body_en": forms.Textarea(attrs={"rows": 4}),
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
            "ends_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        }

    fieldsets = (
        (_("What it says"), ("title_zh", "title_en", "body_zh", "body_en")),
        (_("When and where"), ("starts_at", "ends_at", "is_banner")),
        (_("Whom it is for"), ("communities", "kinds")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Community.objects.order_by("code")
        self.fields["communities"].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]
        self.initial["communities"] = [str(pk) for pk in self.instance.communities]
        for name in ("starts_at", "ends_at"):
            self.fields[name].input_formats = [WHEN, "%Y-%m-%d %H:%M"]  # type: ignore[attr-defined]
