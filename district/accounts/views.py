"""Log-in of the demo at one click, and the mail it keeps. Neither exists outside demo mode."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from district.accounts.models import KeptMessage, User
from district.demo.plans import LOG_INS
from district.middleware import public

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHOWN = 50


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
