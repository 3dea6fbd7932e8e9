"""What `check --deploy` says of an installation beside what Django says."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def messages_leave(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a way out, mail and texts with log-in codes would stand in the log."""
    printed = {
        "EMAIL_URL": settings.EMAIL_BACKEND.endswith("console.EmailBackend"),
        "SMS_URL": settings.SMS_GATEWAY.endswith("ConsoleGateway"),
    }
    return [
        Warning(f"{name} is not set: messages are printed to the log.", id="district.W001")
        for name, is_printed in printed.items()
        if is_printed
    ]
