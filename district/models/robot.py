"""Robots in the operator's work chats: WeCom, DingTalk and Feishu groups."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from district.tenancy.models import DistrictModel


class RobotKind(models.TextChoices):
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


class Robot(DistrictModel):
    """A robot of a group chat that is told of chosen verbs in one language.

    Its address holds its key, so address and secret are kept sealed (district.channels.vault).
    `recent_sends` are the times of the last minute: the platform's rate limit is kept by them.
    """

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Platform"), max_length=10, choices=RobotKind)
    sealed_address = models.TextField()
    sealed_secret = models.TextField(blank=True)
    address_hint = models.CharField(max_length=80)
    verbs = ArrayField(models.CharField(max_length=60), default=list)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    is_enabled = models.BooleanField(_("Switched on"), default=True)
    recent_sends = ArrayField(models.DateTimeField(), default=list, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name"],
                condition=models.Q(ended_at=None),
                name="robot_name",
                violation_error_message=_("A robot with this name exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
