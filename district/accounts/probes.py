"""Proof that passwords and codes cannot be guessed, and that nobody learns who is known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from district.accounts.models import KeptMessage, User
from district.measuring import Outcome, Proof, register
from district.measuring.threads import at_once

ACCOUNTS: Final = 20
GUESSES: Final = 40  # of which the last is right
PASSWORD: Final = "what nobody guesses"  # noqa: S105 - of users in a scratch database
LOGIN: Final = "/accounts/login/"
BY_CODE: Final = "/accounts/login/code/"
RESET: Final = "/accounts/password/reset/"
SIGN_UP: Final = "/accounts/signup/"
CODE: Final = re.compile(r"\b\d{6}\b")
# What is attacked are the limits; a hash that takes its time would only make the attack slow.
QUICK: Final = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "SMS_GATEWAY": "district.accounts.sms.KeptGateway",
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
}
chance = Random(20)  # noqa: S311 - repeatable


@dataclass
class Target:
    user: User
    email: str
    mobile: str


def prepare() -> list[Target]:
    """Log-ins with a confirmed e-mail address and mobile number each, of names never used."""
    run = uuid4().hex[:8]
    return [_target(run, number) for number in range(ACCOUNTS)]


def _contacts(run: str, number: int) -> tuple[str, str]:
    return f"{run}-{number}@probe.example", f"+86139{int(run, 16) % 10**6:06d}{number:02d}"


def _target(run: str, number: int) -> Target:
    email, mobile = _contacts(run, number)
    with override_settings(**QUICK):
        user = User.objects.create_user(email=email, mobile=mobile, password=PASSWORD)
    user.mobile_verified = True
    user.save(update_fields=["mobile_verified"])
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return Target(user, email, mobile)


class Attacker(Client):
    """Comes from another address with each request, and claims yet another."""

    def generic(self, *args: Any, **extra: Any) -> Any:
        extra |= {"REMOTE_ADDR": _address(), "HTTP_X_FORWARDED_FOR": _address()}
        extra |= {"SERVER_NAME": "localhost", "HTTP_ACCEPT_LANGUAGE": "en"}
        return super().generic(*args, **extra)


def _address() -> str:
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))


def attack(targets: list[Target], scale: float) -> Outcome:
    """Each way in, guessed at from many addresses; one password sprayed from one; questions."""
    chosen = targets[: max(2, int(ACCOUNTS * scale))]
    ways = (_guess_password, _guess_login_code, _guess_reset_code, _guess_at_once)
    tried = violations = 0
    with override_settings(**QUICK):
        mail.outbox = []
        for target in chosen:
            for way in ways:
                for contact in (target.email, target.mobile):
                    tried += GUESSES
                    violations += way(contact)
            tried += GUESSES
            violations += _guess_second_step(target)
        tried += len(targets) * 5
        violations += _spray(targets)
        asked, told = _ask_who_is_known(len(chosen))
    return Outcome(tried + asked, violations + told)


def _guess_password(contact: str) -> bool:
    client = Attacker()
    for number in range(1, GUESSES + 1):
        guess = PASSWORD if number == GUESSES else f"guess {number}"
        client.post(LOGIN, {"login": contact, "password": guess})
    return _is_in(client)


def _guess_login_code(contact: str) -> bool:
    client = Attacker()
    client.post(BY_CODE, {"login": contact})
    for guess in _codes(contact):
        client.post(f"{BY_CODE}confirm/", {"code": guess})
    return _is_in(client)


def _guess_reset_code(contact: str) -> bool:
    client = Attacker()
    client.post(RESET, {"email": contact})
    for guess in _codes(contact):
        client.post(f"{RESET}confirm/", {"code": guess})
    return bool(client.session.get("account_password_reset_verification", {}).get("code_confirmed"))


def _guess_at_once(contact: str) -> bool:
    """The same session in many requests at the same moment, none of which sees the others."""
    first = Attacker()
    first.post(BY_CODE, {"login": contact})
    *wrong, right = _codes(contact)
    answers: list[bool] = []

    def guess(code: str) -> None:
        client = Attacker()
        client.cookies = first.cookies.copy()  # type: ignore[assignment]
        client.post(f"{BY_CODE}confirm/", {"code": code})
        answers.append(_is_in(client))

    at_once(8, guess, wrong)
    guess(right)
    return any(answers)


def _guess_second_step(target: Target) -> bool:
    """The password is known; the code of the app is not."""
    secret = totp.generate_totp_secret()
    app = totp.TOTP.activate(target.user, secret).instance
    client = Attacker()
    client.post(LOGIN, {"login": target.email, "password": PASSWORD})
    for number in range(1, GUESSES + 1):
        counter = next(totp.yield_hotp_counters_from_time())
        right = totp.format_hotp_value(totp.hotp_value(secret, counter))
        client.post("/accounts/2fa/authenticate/", {"code": right if number == GUESSES else "no"})
    Authenticator.objects.filter(pk=app.pk).delete()
    return _is_in(client)


def _spray(targets: list[Target]) -> int:
    """One address, claiming others, tries a few passwords on everybody; the right one last."""
    found = 0
    for guess in ("summer2026", "password12", "welcome123", "qwertyuiop", PASSWORD):
        for target in targets:
            client = Client(SERVER_NAME="localhost", HTTP_X_FORWARDED_FOR=_address())
            client.post(LOGIN, {"login": target.email, "password": guess})
            found += _is_in(client)
    return found


def _ask_who_is_known(count: int) -> tuple[int, int]:
    """Questions whose answers differ between somebody known and somebody unknown, both untouched
    so far: what was guessed at before is refused alike, known or not."""
    forms: tuple[tuple[str, str, dict[str, str]], ...] = (
        (LOGIN, "login", {"password": "wrong wrong"}),
        (BY_CODE, "login", {}),
        (RESET, "email", {}),
        (SIGN_UP, "login", {"password1": "a fine new passphrase"}),
    )
    asked = told = 0
    for number in range(count):
        one = _target(uuid4().hex[:8], number)
        nobody = _contacts(uuid4().hex[:8], number)
        for known, unknown in zip((one.email, one.mobile), nobody, strict=True):
            for url, field, rest in forms:
                asked += 1
                told += _answer(url, {field: known, **rest}) != _answer(
                    url, {field: unknown, **rest}
                )
    return asked, told


def _answer(url: str, form: dict[str, str]) -> list[tuple[int, str]]:
    client = Attacker()
    pages = [client.post(url, form)]
    if pages[0].status_code == 302:
        pages += [
            client.get(pages[0]["Location"]),
            client.post(pages[0]["Location"], {"code": "0"}),
        ]
    return [(page.status_code, page.get("Location", "") + _bare(page, form)) for page in pages]


def _bare(page: Any, form: dict[str, str]) -> str:
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    for contact in form.values():
        grouped = f"+86 {contact[3:6]} {contact[6:10]} {contact[10:]}"
        body = body.replace(contact, "").replace(grouped, "")
    return body


def _codes(contact: str) -> Iterator[str]:
    """Wrong ones, then the one that was sent."""
    right = _sent_code(contact)
    for number in range(1, GUESSES):
        yield str((int(right) + number) % 10**6).zfill(6)
    yield right


def _sent_code(contact: str) -> str:
    if "@" in contact:
        bodies = [str(letter.body) for letter in mail.outbox if letter.to == [contact]]
    else:
        kept = KeptMessage.objects.filter(recipient=contact).order_by("pk")
        bodies = list(kept.values_list("body", flat=True))
    found = [match[0] for body in bodies if (match := CODE.search(body))]
    return found[-1] if found else "000000"


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def without_limits() -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    for process in ("LOGIN_BY_CODE", "PASSWORD_RESET_BY_CODE"):
        setattr(settings, f"ACCOUNT_{process}_MAX_ATTEMPTS", 10**9)


register(
    Proof(
        "guessing",
        "No password or code is guessed, from whatever addresses; nobody learns who is known.",
        prepare,
        attack,
        without_limits,
    )
)
