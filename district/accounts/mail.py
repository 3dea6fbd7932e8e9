"""Mail of the demo: kept in the database and shown on a page, never sent."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from district.accounts.models import KeptMessage


class KeptMail(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        kept = KeptMessage.objects.bulk_create(
            KeptMessage(
                channel="email",
                recipient=recipient,
                subject=str(message.subject),
                body=str(message.body),
                html=_html_of(message),
            )
            for message in email_messages
            for recipient in message.recipients()
        )
        return len(kept)


def _html_of(message: EmailMessage) -> str:
    for content, kind in getattr(message, "alternatives", ()):
        if kind == "text/html":
            return str(content)
    return ""
