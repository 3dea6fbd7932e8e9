"""Forms of the log-in pages: one field for mobile or e-mail, and guesses that are counted."""

from typing import Any, Final

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
    PasswordResetVerificationProcess,
)
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from district.accounts.contacts import ContactField, is_mobile
from district.accounts.models import User
from district.accounts.stages import has_proven_contact

SHORTEST_PASSWORD: Final = 10  # as AUTH_PASSWORD_VALIDATORS has it
CODE = forms.CharField(
    label=pgettext_lazy("log-in", "Code"),
    max_length=20,
    widget=forms.TextInput(
        attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    ),
)


def _password(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **kwargs,
    )


class LoginForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["login"] = ContactField()
        self.fields["password"] = _password(_("Password"), "current-password")
        self.order_fields(["login", "password"])


class LoginCodeForm(allauth.RequestLoginCodeForm):
    _user: User | None = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"login": ContactField()}

    def clean(self) -> dict[str, Any]:
        contact = self.cleaned_data.get("login")
        if contact:
            kind = "phone" if is_mobile(contact) else "email"
            self.cleaned_data[kind] = contact
            getattr(self, f"clean_{kind}")()
        return self.cleaned_data


class SignupForm(allauth.SignupForm):
    """One password is enough: who mistypes it sets a new one by code."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        password = _password(_("Password"), "new-password", help_text=_password_help())
        self.fields = {"login": ContactField(), "password1": password}

    def clean_login(self) -> str:
        contact: str = self.cleaned_data["login"]
        if is_mobile(contact):
            self.cleaned_data["phone"] = contact
        else:
            self.cleaned_data["email"] = self.validate_unique_email(contact)
        return contact


class ResetPasswordForm(allauth.ResetPasswordForm):
    """The library calls the field `email`; a mobile number is just as good."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["email"] = ContactField()

    def clean_email(self) -> str:
        contact: str = self.cleaned_data["email"]
        if not is_mobile(contact):
            return str(super().clean_email())
        user = get_adapter().get_user_by_phone(contact)
        self.users = [user] if user else []
        return contact

    def save(self, request: Any, **kwargs: Any) -> str:
        contact: str = self.cleaned_data["email"]
        if not is_mobile(contact):
            return str(super().save(request, **kwargs))
        process = PasswordResetVerificationProcess
        user = self.users[0] if self.users else None
        state = process.initial_state(user, contact)
        if user:
            state["code"] = get_adapter().generate_password_reset_code()
            get_adapter().send_verification_code_sms(user, contact, state["code"])
        process(request, state=state, user=user).persist()
        return contact


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _ask_new_password(self)

    def save(self) -> None:
        super().save()
        used = context.request.session[PASSWORD_RESET_VERIFICATION_SESSION_KEY]["email"]
        if used == self.user.mobile:
            get_adapter().set_phone_verified(self.user, used)


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _password(_("Current password"), "current-password")
        _ask_new_password(self)
        self.order_fields(["oldpassword", "password1"])


class AddEmailForm(allauth.AddEmailForm):
    email = forms.EmailField(label=_("E-mail"))


class SetPasswordForm(allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        _ask_new_password(self)


class ReauthenticateForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password(_("Password"), "current-password")


class CountedGuess(allauth.BaseConfirmCodeForm):
    """Guesses are counted in Redis under a lock: the library's own count lies in the session,
    where requests that come at the same moment do not see each other's."""

    code = CODE

    def clean_code(self) -> str:
        key = context.request.session.session_key or ""
        if not ratelimit.consume(context.request, action="confirm_code", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        return str(super().clean_code())


class ConfirmLoginCodeForm(CountedGuess, allauth.ConfirmLoginCodeForm):
    def clean_code(self) -> str:
        code = super().clean_code()
        user = context.request._login_stage.login.user
        if not has_proven_contact(user):
            # Whoever chose the password never showed that the address is theirs.
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return code


class ConfirmEmailForm(CountedGuess, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmResetForm(CountedGuess, allauth.ConfirmPasswordResetCodeForm):
    pass


class ConfirmMobileForm(CountedGuess, allauth.VerifyPhoneForm):
    pass


class AuthenticateForm(mfa.AuthenticateForm):
    code = CODE


class ReauthenticateMFAForm(mfa.ReauthenticateForm):
    code = CODE


class ActivateTOTPForm(totp.ActivateTOTPForm):
    code = CODE


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    passwordless = forms.BooleanField(
        label=_("Log in with it alone"),
        required=False,
        initial=True,
        help_text=_("Without a password; your device then asks for fingerprint, face or PIN."),
    )


def _password_help() -> str:
    return _("At least %(count)s characters.") % {"count": SHORTEST_PASSWORD}


def _ask_new_password(form: forms.Form) -> None:
    """Once: who mistypes it sets another by code."""
    del form.fields["password2"]
    field = form.fields["password1"]
    field.label, field.help_text = _("New password"), _password_help()
    field.widget.attrs.pop("placeholder", None)
