"""How django-allauth reaches our log-ins: mobiles, texts, mail in the person's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.forms import Field
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.accounts.contacts import MobileField
from district.accounts.models import User, UserDistrict
from district.accounts.sms import send_text_later
from district.actions.people import renew_contacts
from district.channels.letters import Letter, sent_to
from district.sealing import box

WRONG = gettext_lazy("This mobile or e-mail and password do not match.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "phone_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "incorrect_code": gettext_lazy("This code is not right."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Please try again later."),
        "rate_limited": gettext_lazy("Too many attempts. Please try again later."),
        "same_as_current": gettext_lazy("This is the one you have now."),
        "phone_taken": gettext_lazy("This mobile number belongs to another log-in."),
        "email_taken": gettext_lazy("This e-mail address belongs to another log-in."),
    }

    # Mobiles

    def phone_form_field(self, **kwargs: Any) -> Field:
        kwargs.pop("label", None)
        return MobileField(**kwargs)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.mobile = form.cleaned_data.get("phone")  # a log-in without any contact is refused
        return super().save_user(request, user, form, commit)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.mobile, user.mobile_verified) if user.mobile else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.mobile, user.mobile_verified = phone, verified
        user.save(update_fields=["mobile", "mobile_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, verified=True)
        tell_districts(user)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(mobile=phone, is_active=True).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        with _language_of(user):
            text = _("[%(place)s] Your code is %(code)s. Nobody from us will ever ask for it.")
            send_text_later(phone, text % {"place": _place(), "code": code})

    def send_account_already_exists_sms(self, phone: str) -> None:
        with _language_of(self.get_user_by_phone(phone)):
            text = _("[%(place)s] You already have a log-in with this number: log in by code.")
            send_text_later(phone, text % {"place": _place()})

    # Mail

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        with _language_of(User.objects.filter(email__iexact=email).first()):
            super().send_mail(template_prefix, email, {**context, "place": _place()})

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """What allauth has to say, in our letter: in plain text and in HTML."""
        told = super().render_mail(template_prefix, email, context, headers)
        letter = account_letter(str(told.subject), str(told.body), told.to[0])
        mail = sent_to(told.to[0], letter, **(headers or {}))
        mail.from_email = told.from_email
        return mail

    def format_email_subject(self, subject: str) -> str:
        return f"[{_place()}] {subject}"

    # Guessing

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts count for the person, whatever host name or address they come by."""
        return str(credentials.get("email") or credentials.get("phone") or "").lower()

    # Where to go

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": "MobileStage",
            "allauth.account.stages.EmailVerificationStage": "EmailStage",
        }
        return [
            f"district.accounts.stages.{ours[path]}" if path in ours else path
            for path in super().get_login_stages()
        ]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if getattr(request, "district", None) is not None:
            return reverse("home")
        rows = UserDistrict.objects.filter(user__pk=request.user.pk or 0).order_by("pk")
        slug = rows.values_list("district__slug", flat=True).first()
        return f"/{slug}/" if slug else "/"

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_security")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        signed_in = context.request.user.is_authenticated
        return reverse("account_security" if signed_in else "account_login")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right."),
        "unverified_email": gettext_lazy("Confirm your e-mail address first."),
    }

    def get_totp_issuer(self) -> str:
        return _place()

    def build_totp_svg(self, url: str) -> SafeString:
        return mark_safe(segno.make(url, error="m").svg_inline(scale=5, border=2))  # noqa: S308

    def encrypt(self, text: str) -> str:
        return box("mfa").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box("mfa").decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = user.authenticator_set.filter(type=type).count() + 1
        return _("Passkey %(number)s") % {"number": count}


def tell_districts(user: User, **_: Any) -> None:
    """The districts learn a new contact once it is certain, and no scope is open any more."""
    user_id = user.pk
    transaction.on_commit(lambda: renew_contacts(user_id))


def account_letter(subject: str, body: str, email: str) -> Letter:
    """A body of plain paragraphs, framed; a link or a code by itself stands out in HTML."""
    district = getattr(context.request, "district", None)
    shown = {
        "district": district,
        "place": _place(),
        "front": district.absolute_url() if district else settings.BASE_URL,
        "email": email,
        "subject": subject.split("] ", 1)[-1],
        "body": body,
        "parts": [(_kind_of(part), part) for part in body.split("\n\n")],
    }
    text, html = (
        render_to_string(f"messages/account/{file}", shown).strip()
        for file in ("text.txt", "mail.html")
    )
    return Letter(subject, f"{text}\n", html, "")


def _kind_of(part: str) -> str:
    if " " in part or "\n" in part or not part.isascii():
        return "text"
    return "link" if "://" in part else "code"


def _place() -> str:
    district = getattr(context.request, "district", None)
    return str(district.name) if district else "District"


@contextmanager
def _language_of(user: User | None) -> Iterator[None]:
    with translation.override((user and user.language) or translation.get_language()):
        yield
