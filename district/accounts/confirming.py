"""Before something sensitive people show once more that it is them."""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def confirmation_first(request: HttpRequest, back: str) -> HttpResponse | None:
    """The way to the page that asks for password or second factor, and then to `back`.

    None for who did so within the last minutes. The library's decorator would carry the request on
    by itself, but past our middleware, so that it had no district and no actor.
    """
    if not is_reauthentication_required(request, app="account"):
        return None
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
