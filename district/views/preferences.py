"""Language, theme and the organisation one acts for: three small choices in every header."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from district.actions.profile import choose_language
from district.middleware import DistrictRequest, public, switch_membership
from district.shell import THEMES

YEAR = 365 * 24 * 60 * 60


@public
@require_POST
def language_change(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not available."))
    if request.user.is_authenticated:
        choose_language(request.user, getattr(request, "person", None), language)
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, language)


@public
@require_POST
def theme_change(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("This theme is not available."))
    return _remember(request, "theme", theme)


@require_POST
def membership_switch(request: DistrictRequest, membership_id: UUID) -> HttpResponse:
    switch_membership(request, membership_id)
    return redirect("home")


def _remember(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    response = redirect(target if allowed else "home")
    response.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response
