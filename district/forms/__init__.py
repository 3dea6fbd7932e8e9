"""What all forms share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.db import IntegrityError, transaction

from district.rules import RuleViolation
from district.tenancy.errors import violation_from


@contextmanager
def refusals_shown(form: forms.BaseForm, *, field: str | None = None) -> Iterator[None]:
    """Turn a broken rule inside the block into an error of the form, or of one field of it; what
    the block did is undone.

    Afterwards `form.is_valid()` tells whether the block went through.
    """
    try:
        with transaction.atomic():
            yield
    except RuleViolation as violation:
        form.add_error(field, str(violation))
    except IntegrityError as error:
        broken = violation_from(error)
        if broken is None:
            raise
        form.add_error(field, str(broken))
