"""What people read outside the product: one set of templates per verb, or the one for all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from babel.dates import get_timezone_name
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import select_template
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone, translation

from district.messages import messages_of
from district.models import Activity, District, Person
from district.registry import Message, verbs
from district.templatetags.look import locale

SALT: Final = "district.unsubscribe"
DIGEST: Final = "digest"


@dataclass(frozen=True)
class Letter:
    """One message in the four forms it is sent in."""

    subject: str
    text: str
    html: str
    short: str


@dataclass(frozen=True)
class Item:
    message: Message
    address: str
    at: Any


def letter_about(
    activities: Sequence[Activity], district: District, person: Person | None, *, digest: bool
) -> Letter:
    """In the active language; times are the district's. A digest tells of many at once."""
    with paths_from_the_district(), timezone.override(district.zone):
        found = messages_of(activities)
        items = [
            Item(found[row.pk], _absolute(district, found[row.pk].url), row.at)
            for row in activities
        ]
        context = {
            "items": items,
            "item": items[0],
            "district": district,
            "person": person,
            "front": district.absolute_url(),
            "settings_url": district.absolute_url(reverse("notification_settings")),
            "zone_name": get_timezone_name(district.zone, locale=locale()),
        }
        return written(DIGEST if digest else activities[0].verb, context)


def written(name: str, context: Mapping[str, Any]) -> Letter:
    def form(file: str) -> str:
        template = select_template([f"messages/{name}/{file}", f"messages/any/{file}"])
        return template.render(dict(context)).strip()

    return Letter(
        subject=" ".join(form("subject.txt").split()),
        text=re.sub(r"\n{3,}", "\n\n", form("text.txt")) + "\n",
        html=form("mail.html"),
        short=" ".join(form("short.txt").split()),
    )


def sent_to(email: str, letter: Letter, **headers: str) -> EmailMultiAlternatives:
    """A mail in plain text and in HTML."""
    mail = EmailMultiAlternatives(
        subject=letter.subject, body=letter.text, to=[email], headers=headers
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail


def _absolute(district: District, path: str) -> str:
    return district.absolute_url(path) if path else ""


def mail_about(
    activities: Sequence[Activity],
    district: District,
    person: Person,
    *,
    delivery_id: UUID,
    digest: bool,
) -> EmailMultiAlternatives:
    """A mail in the person's language that can be unsubscribed from at one click (RFC 8058)."""
    with translation.override(person.language):
        letter = letter_about(activities, district, person, digest=digest)
        declared = verbs[activities[0].verb]
        group = DIGEST if digest else declared.group.key
        leave = unsubscribe_url(district, person, group)
        files = [] if digest or not declared.attached else declared.attached(activities[0], person)
    headers = {
        "Message-ID": f"<{delivery_id}@{urlsplit(settings.BASE_URL).hostname}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    mail = sent_to(person.email, letter, **headers)
    for name, content, kind in files:
        mail.attach(name, content, kind)
    return mail


def unsubscribe_url(district: District, person: Person, group: str) -> str:
    key = signing.dumps([district.pk, str(person.pk), group], salt=SALT, compress=True)
    with paths_from_the_district():
        return district.absolute_url(reverse("unsubscribe", args=[key]))


def read_unsubscribe_key(key: str, district: District) -> tuple[UUID, str] | None:
    """Whose mails of which group the key stops; None for one that was not made here."""
    try:
        district_id, person_id, group = signing.loads(key, salt=SALT)
    except signing.BadSignature:
        return None
    return (UUID(person_id), group) if district_id == district.pk else None


@contextmanager
def paths_from_the_district() -> Iterator[None]:
    """Addresses without any request's prefix: `absolute_url` puts the district before them."""
    before = get_script_prefix()
    set_script_prefix("/")
    try:
        yield
    finally:
        set_script_prefix(before)
