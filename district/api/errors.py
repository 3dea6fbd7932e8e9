"""Every error of the API as RFC 9457 problem details."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from district.rules import RuleViolation
from district.tenancy.errors import violation_from

PROBLEM: Final = "application/problem+json"
TYPE: Final = "urn:district:problem:"


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_code = "if_match_required"

    def __init__(self) -> None:
        super().__init__(_("Send If-Match with the ETag you have read."))


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"

    def __init__(self) -> None:
        super().__init__(_("It has changed since you read it. Read it again."))


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for another request."))


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an error: `code` is stable, `detail` in the language asked for.

    `errors` name the fields at fault as {"field", "code", "message"}; a conflict over a time brings
    the nearest `alternatives`. None for what is a fault of ours.
    """
    if isinstance(error, IntegrityError):
        error = violation_from(error) or error
    if isinstance(error, RuleViolation):
        return _answer(409, error.code, str(error), **_told(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("Nothing is here."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("This is not open to you."))
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        wrong = list(_wrong_fields(error.get_full_details()))
        response = _answer(422, "invalid", _("Some fields are not right."), errors=wrong)
    else:
        code = error.get_codes()
        text = code if isinstance(code, str) else "error"
        response = _answer(error.status_code, text, str(error.detail))
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Addresses below the API that nothing answers are problems too; elsewhere it is a page."""
    if not request.path_info.startswith("/api/v1/"):
        return page_not_found(request, exception)
    body = {"type": f"{TYPE}not_found", "status": 404, "code": "not_found"}
    detail = {"detail": _("Nothing is here.")}
    return JsonResponse({**body, **detail}, status=404, content_type=PROBLEM)


def _told(violation: RuleViolation) -> Mapping[str, Any]:
    """Of the details only what anybody may know: when, not who is in the way."""
    return {key: violation.details[key] for key in ("alternatives",) if key in violation.details}


def _wrong_fields(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """{"field": "period.starts_at", "code", "message"} for each thing that is wrong."""
    if isinstance(details, list):
        for inner in details:
            yield from _wrong_fields(inner, field)
    elif details.keys() == {"message", "code"}:
        yield {"field": field, "code": details["code"], "message": str(details["message"])}
    else:
        for name, inner in details.items():
            yield from _wrong_fields(inner, f"{field}.{name}" if field else str(name))


def _answer(number: int, code: str, detail: str, **more: Any) -> Response:
    transaction.set_rollback(True)
    body = {"type": TYPE + code, "status": number, "code": code, "detail": detail, **more}
    return Response(body, status=number, content_type=PROBLEM)
