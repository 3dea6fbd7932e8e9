from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import is_currency
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from district.models.bilingual import Bilingual, one_language
from district.tenancy.models import DistrictManager, DistrictModel, PublishedManager

RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "api",
        "demo",
        "favicon.ico",
        "healthz",
        "media",
        "metrics",
        "robots.txt",
        "static",
    }
)


def validate_slug_not_reserved(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("“%(slug)s” is reserved."), code="reserved", params={"slug": slug})


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone."), code="time_zone", params={"name": name}
        )


def every_module() -> list[str]:
    """The domain apps of this installation: a new district starts with all of them."""
    return [
        config.label for config in apps.get_app_configs() if getattr(config, "is_module", False)
    ]


def validate_currency(code: str) -> None:
    if not is_currency(code):
        raise ValidationError(
            _("“%(code)s” is not a currency code such as CNY."),
            code="currency",
            params={"code": code},
        )


class District(models.Model):
    """An urban innovation district: one operator, many organisations, apart from all others."""

    slug = models.SlugField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$"), validate_slug_not_reserved],
    )
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    summary_zh = models.TextField(_("Chinese description"), blank=True)
    summary_en = models.TextField(_("English description"), blank=True)
    time_zone = models.CharField(
        _("Time zone"), max_length=64, default="Asia/Shanghai", validators=[validate_time_zone]
    )
    currency = models.CharField(
        _("Currency"), max_length=3, default="CNY", validators=[validate_currency]
    )
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    modules = ArrayField(models.CharField(max_length=40), default=every_module, blank=True)
    contact_email = models.EmailField(_("Contact e-mail"), blank=True)
    contact_phone = models.CharField(_("Contact telephone"), max_length=40, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    boundary = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    name = Bilingual("name")
    summary = Bilingual("summary")

    class Meta:
        constraints = [one_language("district")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def initial(self) -> str:
        return self.name[:1]

    def absolute_url(self, path: str = "/") -> str:
        """The full address of a page; `path` is what `reverse()` gives outside a request."""
        return f"{settings.BASE_URL}/{self.slug}{path}"


class Community(DistrictModel):
    """An innovation community 创新社区: one of the neighbourhoods a district is made of.

    A published one is named to everybody on the front page of the installation.
    """

    published_when = "is_published"

    code = models.CharField(_("Code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    summary_zh = models.TextField(_("Chinese description"), blank=True)
    summary_en = models.TextField(_("English description"), blank=True)
    boundary = models.JSONField(null=True, blank=True)
    is_published = models.BooleanField(_("Named to the public"), default=False)

    objects = DistrictManager()  # type: ignore[misc]
    published = PublishedManager()

    name = Bilingual("name")
    summary = Bilingual("summary")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "code"],
                name="community_code",
                violation_error_message=_("A community with this code exists already."),
            ),
            one_language("community"),
        ]

    def __str__(self) -> str:
        return self.name
