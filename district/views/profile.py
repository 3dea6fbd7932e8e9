"""My account: who I am here, where I belong, and what becomes of my data."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from district.accounts.models import UserDistrict
from district.actions.profile import change_profile, erase_person, hand_over
from district.actors import Actor, System
from district.forms import refusals_shown
from district.forms.profile import EraseForm, ProfileForm
from district.middleware import DistrictRequest, for_persons
from district.models import District, Person
from district.views.respond import changed, render_page


@for_persons
@require_http_methods(["GET", "POST"])
def profile(request: DistrictRequest) -> HttpResponse:
    person = _own_person(request)
    language = get_language()
    data = request.POST if person and request.method == "POST" else None
    form = ProfileForm(data, instance=person, initial={"page_language": language})
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["page_language"]
        change_profile(form.instance, language=chosen, by=_self(request))
        response = changed(request, _("Your account has been saved."), request.path)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax", httponly=True)
        return response
    status = 422 if form.is_bound else 200
    context = {"form": form, "known": person, "places": _places(request)}
    return render_page(request, "district/profile.html", context, status=status)


@for_persons
@require_POST
def personal_data(request: DistrictRequest) -> HttpResponse:
    person = _known(request)
    response = JsonResponse(
        hand_over(person, by=_self(request)), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@for_persons
@require_http_methods(["GET", "POST"])
def person_erase(request: DistrictRequest) -> HttpResponse:
    raise_if_reauthentication_required(request, app="allauth.account")
    person = _known(request)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            erase_person(person, by=_self(request))
        if form.is_valid():
            logout(request)
            messages.success(request, _("Your data has been erased."))
            return redirect("account_login")
    status = 422 if form.is_bound else 200
    return render_page(request, "district/person_erase.html", {"form": form}, status=status)


def _own_person(request: DistrictRequest) -> Person | None:
    """A copy: the page around a form with errors still shows the person as they are."""
    return Person.objects.filter(pk=request.person.pk).first() if request.person else None


def _known(request: DistrictRequest) -> Person:
    person = _own_person(request)
    if person is None:
        raise Http404
    return person


def _self(request: DistrictRequest) -> Actor:
    return request.membership or System("account")


def _places(request: Any) -> list[District]:
    ids = UserDistrict.objects.filter(user_id=request.user.pk).values("district_id")
    return list(District.objects.filter(pk__in=ids).order_by("slug"))
