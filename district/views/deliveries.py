"""What was sent, to whom, over which channel, and why not."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from district.lists import render_list
from district.message_listings import DELIVERIES
from district.middleware import DistrictRequest


@require_GET
def delivery_list(request: DistrictRequest) -> HttpResponse:
    return render_list(request, DELIVERIES, "district/delivery_list.html")
