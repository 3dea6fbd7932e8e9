"""Statements: what each organisation owes for a month, and for what."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest
from district.models import Organization
from district.permissions import require, visible_organizations
from district.views.lists import table_file
from district.views.respond import render_page
from spaces import permissions
from spaces.credit_messages import amount_of
from spaces.models import Credit
from spaces.price_table import frozen_rows
from spaces.statements import LINES, SUMS, Month, lines_of, owing, summed, totals_of


@require_GET
def statement_list(request: DistrictRequest) -> HttpResponse:
    """All that owe something for `?month=`; whoever sees only their own gets that."""
    require(permissions.can_view_statements(request.actor))
    month = Month.asked(request.GET.get("month", ""))
    if not permissions.sees_all_statements(request.actor):
        return _statement(request, request.actor.organization, month)
    rows = owing(request.actor, month)
    if "export" in request.GET:
        name = f"statements-{month.first:%Y-%m}"
        return table_file(request, SUMS, rows, name=name, format_=request.GET["export"])
    context = {"month": month, "rows": rows, "totals": summed(rows)}
    return render_page(request, "spaces/statement_list.html", context)


@require_GET
def statement_detail(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    require(permissions.can_view_statements(request.actor))
    rows = visible_organizations(request.actor)
    organization = get_object_or_404(rows, pk=organization_id)
    return _statement(request, organization, Month.asked(request.GET.get("month", "")))


def _statement(request: DistrictRequest, organization: Organization, month: Month) -> HttpResponse:
    bookings = lines_of(organization, request.actor, month)
    if "export" in request.GET:
        name = f"statement-{month.first:%Y-%m}"
        return table_file(request, LINES, bookings, name=name, format_=request.GET["export"])
    credits = Credit.objects.visible_to(request.actor).usable().filter(organization=organization)
    credits = credits.select_related("district").order_by("valid_until")
    context = {
        "month": month,
        "organization": organization,
        "lines": [(booking, frozen_rows(booking)) for booking in bookings],
        "totals": totals_of(bookings),
        "credits": [(credit, amount_of(credit, credit.left)) for credit in credits],
        "sees_all": permissions.sees_all_statements(request.actor),
    }
    return render_page(request, "spaces/statement_detail.html", context)
