"""How every view answers: a page, or the part of it that htmx asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from district.middleware import DistrictRequest
from district.rules import Text


def render_page(
    request: DistrictRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    partials: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, or only the partial whose name is the id of the element htmx will replace."""
    target = request.htmx.target if request.htmx else None
    name = f"{template}#{target}" if target in partials else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def changed(request: DistrictRequest, message: Text, url: str) -> HttpResponse:
    """After a change: say so, and go on at `url` (htmx follows with a full visit)."""
    messages.success(request, str(message))
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def inside(request: DistrictRequest, target: str) -> str:
    """The address somebody came from, if it is one of this district; otherwise nothing."""
    return target if target.startswith(f"/{request.district.slug}/") else ""
