"""One's own log-in: security and sessions; and what the demo alone has."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from district.accounts.devices import device, is_phone
from district.accounts.models import KeptMessage, User
from district.demo.plans import LOG_INS
from district.middleware import for_persons, public

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHOWN = 50
MAIL_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@for_persons
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    kinds = Authenticator.Type
    keys = {kind: [] for kind in kinds}  # type: ignore[var-annotated]
    for row in Authenticator.objects.filter(user_id=user.pk).order_by("pk"):
        keys[kinds(row.type)].append(row)
    codes = keys[kinds.RECOVERY_CODES]
    context = {
        "email": EmailAddress.objects.filter(user_id=user.pk, verified=True).first(),
        "has_app": bool(keys[kinds.TOTP]),
        "passkeys": keys[kinds.WEBAUTHN],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "session_count": UserSession.objects.filter(user_id=user.pk).count(),
    }
    return render(request, "accounts/security.html", context)


@for_persons
@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    rows = UserSession.objects.purge_and_list(request.user)
    rows.sort(key=lambda row: (row.is_current(), row.last_seen_at), reverse=True)
    sessions = [
        {
            "row": row,
            "device": device(row.user_agent),
            "is_phone": is_phone(row.user_agent),
            "is_current": row.is_current(),
        }
        for row in rows
    ]
    return render(request, "accounts/session_list.html", {"sessions": sessions})


@for_persons
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=session_id, user_id=request.user.pk)
    end_sessions(request, [session])
    messages.success(request, _("The device has been logged out."))
    return redirect("usersessions_list")


@for_persons
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    end_other_sessions(request, request.user)
    messages.success(request, _("All other devices have been logged out."))
    return redirect("usersessions_list")


def _require_demo() -> None:
    if not settings.DISTRICT_DEMO:
        raise Http404


@public
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    _require_demo()
    email = request.POST.get("email", "")
    entry = next((item for item in LOG_INS if item["email"] == email), None)
    user = User.objects.filter(email=email).first() if entry else None
    if entry is None or user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    return redirect(f"/{next(iter(entry['roles']))}/")


@public
@require_GET
def kept_messages(request: HttpRequest) -> HttpResponse:
    _require_demo()
    rows = KeptMessage.objects.order_by("-created_at", "-id")[:SHOWN]
    return render(request, "accounts/kept_messages.html", {"kept": rows})


@public
@require_GET
@xframe_options_sameorigin
def kept_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """The HTML of a mail, as harmless as in a mail program: no scripts, no forms, no requests."""
    _require_demo()
    response = HttpResponse(get_object_or_404(KeptMessage, pk=message_id).html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response
