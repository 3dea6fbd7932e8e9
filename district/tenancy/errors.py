"""Constraint violations of the database as refusals that a person understands."""

import re

from django.apps import apps
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation, Text

SHARD_SUFFIX = re.compile(r"_\d+$")


def violation_from(error: IntegrityError) -> RuleViolation | None:
    """The refusal a broken constraint stands for, found by its name; None for an unknown one.

    On a distributed table the name carries the shard's number, which is cut off.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if not name:
        return None
    messages = _messages()
    for candidate in (name, SHARD_SUFFIX.sub("", name)):
        if candidate in messages:
            return RuleViolation(candidate, messages[candidate])
    if getattr(diagnosis, "sqlstate", "") == "23503":
        return RuleViolation("reference_missing", _("Something this refers to does not exist."))
    return None


def _messages() -> dict[str, Text]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
    }
