"""Who may do what, as a table to read."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest
from district.models import Role
from district.permissions import can_view_roles, require
from district.role_table import role_table
from district.views.respond import render_page


@require_GET
def role_list(request: DistrictRequest) -> HttpResponse:
    require(can_view_roles(request.actor))
    context = {"groups": role_table(), "roles": list(Role)}
    return render_page(request, "district/role_list.html", context)
