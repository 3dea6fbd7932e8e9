"""What the product refuses, and how a row moves through its life."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class RuleViolation(Exception):
    """A request that is well formed but may not happen.

    `code` is stable (a constraint name, or a word of the domain) and is the API's error code;
    `message` is for the person; `details` holds what helps to go on, such as free alternatives.
    """

    def __init__(self, code: str, message: Text, *, details: Mapping[str, Any] | None = None):
        super().__init__(code)
        self.code = code
        self.message = message
        self.details: Mapping[str, Any] = details or {}

    def __str__(self) -> str:
        return str(self.message)


class Lifecycle:
    """A model whose `status` only moves along its `TRANSITIONS`."""

    TRANSITIONS: ClassVar[Mapping[str, Collection[str]]]
    status: str

    def can_move_to(self, status: str) -> bool:
        return status in self.TRANSITIONS.get(self.status, ())

    def move_to(self, status: str) -> None:
        """Set the status; the caller saves. Raises RuleViolation("status_not_allowed")."""
        if not self.can_move_to(status):
            raise RuleViolation(
                "status_not_allowed",
                _("This is no longer possible: somebody changed it in the meantime."),
                details={"from": self.status, "to": status},
            )
        self.status = status
