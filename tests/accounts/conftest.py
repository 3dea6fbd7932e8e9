import re
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from district.accounts.models import KeptMessage, User
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture(autouse=True)
def _no_guesses_yet(settings: object) -> None:
    """Texts are kept as in the demo; each test counts guesses under keys of its own."""
    settings.SMS_GATEWAY = "district.accounts.sms.KeptGateway"  # type: ignore[attr-defined]
    own = {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}  # type: ignore[attr-defined]
    settings.CACHES = {"default": own}  # type: ignore[attr-defined]


@pytest.fixture
def user(db: None) -> User:
    """Reached by mobile and by e-mail, both confirmed."""
    row = UserFactory(email="wen@example.org", mobile="+8613900001111", mobile_verified=True)
    EmailAddress.objects.create(user=row, email=row.email, verified=True, primary=True)
    return row


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")


def texted_code(mobile: str) -> str:
    newest = KeptMessage.objects.filter(channel="sms", recipient=mobile).latest("pk")
    return CODE.search(newest.body)[0]


def mailed_code(email: str) -> str:
    newest = [message for message in mail.outbox if message.to == [email]][-1]
    return CODE.search(newest.body)[0]


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
