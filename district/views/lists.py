"""What every list offers beside its pages: a file of it, work on many rows, views to keep."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from district import registry
from district.actions.saved_views import save_view
from district.activity import record
from district.exports import CONTENT_TYPES, file_of
from district.lists import BulkAction, Column, Listing, Rows
from district.middleware import DistrictRequest
from district.models import SavedView
from district.permissions import require
from district.rules import RuleViolation
from district.views.respond import inside

MOST_EXPORTED = 20_000
MOST_AT_ONCE = 200


@require_GET
def list_export(request: DistrictRequest, key: str, format_: str) -> HttpResponse:
    """All rows that pass the filters in the query, in the shown order."""
    listing = _listing(key)
    rows = listing.narrow(listing.rows(request.actor), request.GET)
    return _file(request, listing, rows, format_)


@require_POST
def list_bulk(request: DistrictRequest, key: str, action: str) -> HttpResponse:
    """One action on each of the chosen rows; what cannot be done is said and left as it is."""
    listing = _listing(key)
    rows = listing.rows(request.actor).filter(pk__in=_chosen(request))
    if action in CONTENT_TYPES:
        return _file(request, listing, rows, action)
    bulk = next((item for item in listing.bulk if item.key == action), None)
    if bulk is None:
        raise Http404
    require(bulk.allowed(request.actor))
    _apply(request, bulk, rows)
    return redirect(inside(request, request.POST.get("next", "")) or "home")


@require_POST
def view_save(request: DistrictRequest, key: str) -> HttpResponse:
    listing, back = _listing(key), inside(request, request.POST.get("next", ""))
    query = back.partition("?")[2]
    view = save_view(
        request.actor.person, listing=listing.key, name=request.POST.get("name", ""), query=query
    )
    messages.success(request, _("The view “%(name)s” has been kept.") % {"name": view.name})
    return redirect(back or "home")


@require_POST
def view_remove(request: DistrictRequest, view_id: UUID) -> HttpResponse:
    get_object_or_404(SavedView, pk=view_id, person=request.person).delete()
    messages.success(request, _("The view has been removed."))
    return redirect(inside(request, request.POST.get("next", "")) or "home")


def _listing(key: str) -> Listing[Any]:
    if key not in registry.listings:
        raise Http404
    return registry.listings[key]


def _chosen(request: DistrictRequest) -> list[UUID]:
    try:
        chosen = [UUID(value) for value in request.POST.getlist("id")]
    except ValueError as error:
        raise Http404 from error
    if not chosen:
        raise RuleViolation("nothing_chosen", _("Choose at least one row first."))
    if len(chosen) > MOST_AT_ONCE:
        raise RuleViolation("too_many_chosen", _("At most 200 rows at once."))
    return chosen


def _file(
    request: DistrictRequest, listing: Listing[Any], rows: Rows[Any], format_: str
) -> HttpResponse:
    sort = listing.sort(request.GET)
    sign = "-" if sort.descending else ""
    found = list(rows.order_by(f"{sign}{sort.field}", f"{sign}id")[: MOST_EXPORTED + 1])
    if len(found) > MOST_EXPORTED:
        raise RuleViolation(
            "export_too_large", _("More than 20,000 rows. Narrow the list by its filters first.")
        )
    columns = listing.exported_columns(request.GET)
    return table_file(request, columns, found, name=listing.key, format_=format_)


def table_file(
    request: DistrictRequest,
    columns: Sequence[Column[Any]],
    rows: Sequence[Any],
    *,
    name: str,
    format_: str,
) -> HttpResponse:
    """Rows as a file for spreadsheets; that somebody took them is recorded. 404 for no format."""
    if format_ not in CONTENT_TYPES:
        raise Http404
    record(
        "list.exported",
        subject=request.actor,
        by=request.actor,
        organization=request.actor.organization_id,
        data={"list": name, "count": len(rows)},
    )
    response = HttpResponse(file_of(format_, columns, rows), content_type=CONTENT_TYPES[format_])
    filename = f"{name}-{timezone.localdate().isoformat()}.{format_}"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _apply(request: DistrictRequest, bulk: BulkAction[Any], rows: Rows[Any]) -> None:
    done, refused = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                bulk.apply(row, request.actor)
            done += 1
        except RuleViolation as violation:
            refused.append(f"{row}: {violation}")
        except PermissionDenied:
            refused.append(f"{row}: {_('This is not open to you.')}")
    if done:
        text = ngettext("%(label)s: done for %(n)d row.", "%(label)s: done for %(n)d rows.", done)
        messages.success(request, text % {"label": bulk.label, "n": done})
    for line in refused[:5]:
        messages.error(request, line)
    if len(refused) > 5:
        more = len(refused) - 5
        text = ngettext("%(n)d more could not be done.", "%(n)d more could not be done.", more)
        messages.error(request, text % {"n": more})
