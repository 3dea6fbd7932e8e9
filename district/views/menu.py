"""Everything one can go to, on a page of its own: what phones show behind “More”."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from district.middleware import DistrictRequest


@require_GET
def menu(request: DistrictRequest) -> HttpResponse:
    return render(request, "district/menu.html")
