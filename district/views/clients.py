"""API clients of an organisation and their tokens; a secret is shown once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.accounts.confirming import confirmation_first
from district.api import tokens
from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.models import ApiClient, ApiToken
from district.permissions import SCOPES, Permission, holds, require
from district.views.api_docs import SCOPE_LABELS
from district.views.respond import changed

DAYS = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("1 year")))


class ClientForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, SCOPE_LABELS[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )


class TokenForm(forms.Form):
    days = forms.TypedChoiceField(label=gettext_lazy("Valid for"), choices=DAYS, coerce=int)


def _require_manager(request: DistrictRequest) -> None:
    organization_id = request.actor.organization_id
    require(holds(request.actor, Permission.CLIENTS_MANAGE, organization_id=organization_id))


def _own(request: DistrictRequest) -> QuerySet[ApiClient]:
    return ApiClient.objects.filter(organization=request.actor.organization, ended_at=None)


@require_GET
def client_list(request: DistrictRequest) -> HttpResponse:
    _require_manager(request)
    rows = _own(request).prefetch_related("tokens").order_by("-id")
    clients = [(row, [SCOPE_LABELS[scope] for scope in row.scopes]) for row in rows]
    return render(request, "district/client_list.html", {"clients": clients, "form": TokenForm()})


@require_http_methods(["GET", "POST"])
def client_new(request: DistrictRequest) -> HttpResponse:
    _require_manager(request)
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            tokens.create_client(
                request.actor.organization,
                form.cleaned_data["name"],
                form.cleaned_data["scopes"],
                by=request.actor,
            )
            return redirect("client_list")
    status = 422 if form.errors else 200
    return render(request, "district/client_form.html", {"form": form}, status=status)


@require_POST
def token_issue(request: DistrictRequest, client_id: UUID) -> HttpResponse:
    _require_manager(request)
    client = get_object_or_404(_own(request), pk=client_id)
    if ask := confirmation_first(request, reverse("client_list")):
        messages.info(request, _("Confirm that it is you, then issue the token."))
        return ask
    form = TokenForm(request.POST)
    if not form.is_valid():
        return redirect("client_list")
    expires_at = timezone.now() + timedelta(days=form.cleaned_data["days"])
    token, secret = tokens.issue_token(client, expires_at=expires_at, by=request.actor)
    base = request.district.absolute_url("/api/v1")
    context: dict[str, Any] = {"client": client, "token": token, "secret": secret, "base": base}
    response = render(request, "district/token_shown.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def token_revoke(request: DistrictRequest, token_id: UUID) -> HttpResponse:
    _require_manager(request)
    rows = ApiToken.objects.filter(client__in=_own(request)).select_related("client")
    tokens.revoke_token(get_object_or_404(rows, pk=token_id), by=request.actor)
    return changed(request, _("Revoked. It is refused from now on."), reverse("client_list"))
