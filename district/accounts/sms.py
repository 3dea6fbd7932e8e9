"""Text messages: one small interface, and the gateway that settings choose behind it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from district.accounts.models import KeptMessage

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS: Final = 8
_courier = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sms")


class NotSent(Exception):
    """The gateway did not take the message; the reason is for the log, not for the person."""


class Gateway(Protocol):
    waits: bool  # whether `send` waits for another machine

    def send(self, mobile: str, text: str) -> None:
        """Hand a text over for an E.164 number. Raises NotSent."""


class KeptGateway:
    """The demo's: kept in the database and shown on a page, never sent."""

    waits = False

    def send(self, mobile: str, text: str) -> None:
        KeptMessage.objects.create(channel="sms", recipient=mobile, body=text)


class ConsoleGateway:
    """For a machine without a gateway: printed where it was started."""

    waits = False

    def send(self, mobile: str, text: str) -> None:
        print(f"SMS to {mobile}: {text}")


class HttpGateway:
    """Posts JSON `{"to", "text", "sign"}` to SMS_URL with SMS_TOKEN as bearer.

    A relay of a few lines turns that into what an operator's SDK wants.
    """

    waits = True

    def __init__(self, transport: httpx.BaseTransport | None = None):
        self.transport = transport

    def send(self, mobile: str, text: str) -> None:
        headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}"} if settings.SMS_TOKEN else {}
        body = {"to": mobile, "text": text, "sign": settings.SMS_SIGN}
        try:
            with httpx.Client(transport=self.transport, timeout=TIMEOUT_SECONDS) as client:
                answer = client.post(settings.SMS_URL, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
        if not answer.is_success:
            raise NotSent(f"status {answer.status_code}")


def gateway() -> Gateway:
    return import_string(settings.SMS_GATEWAY)()


def send_text_later(mobile: str, text: str) -> None:
    """Send after the commit, without anybody waiting for it.

    A page that waited for the gateway would tell by its slowness that a number is known.
    """
    chosen = gateway()
    if chosen.waits:
        transaction.on_commit(lambda: _submit(chosen, mobile, text), robust=True)
    else:
        chosen.send(mobile, text)


def _submit(chosen: Gateway, mobile: str, text: str) -> Any:
    return _courier.submit(_try, chosen, mobile, text)


def _try(chosen: Gateway, mobile: str, text: str) -> None:
    try:
        chosen.send(mobile, text)
    except NotSent as error:
        log.warning("text message not sent", reason=str(error))
