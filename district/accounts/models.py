from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, *, email: str | None = None, mobile: str | None = None, password: str | None = None
    ) -> "User":
        user = self.model(email=self.normalize_email(email) or None, mobile=mobile or None)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(Q(email__iexact=username) | Q(mobile=username))


class User(AbstractBaseUser):
    """A log-in, and nothing more: people of a district are `Person`."""

    email = models.EmailField(_("E-mail"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("Mobile"), max_length=32, unique=True, null=True, blank=True)
    mobile_verified = models.BooleanField(default=False)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_reachable",
                condition=Q(email__isnull=False) | Q(mobile__isnull=False),
                violation_error_message=_("Give a mobile number or an e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.email or self.mobile or str(self.pk)


class UserDistrict(models.Model):
    """Which districts a log-in can switch to: the only link across districts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="districts")
    district = models.ForeignKey("district.District", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "district"], name="userdistrict_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.district_id}"


class KeptMessage(models.Model):
    """A mail or text message that the demo keeps to be read instead of sending it."""

    channel = models.CharField(max_length=10)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=400, blank=True)
    body = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="keptmessage_newest")]

    def __str__(self) -> str:
        return self.subject or self.recipient
