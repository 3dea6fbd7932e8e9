"""Staff book for a company: rules may be overridden knowingly, conflicts are named."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.models import Organization
from district.permissions import require
from district.rules import RuleViolation
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.booking import book_space
from spaces.actions.conflicts import buffered, named
from spaces.actions.occupancy import Span
from spaces.actions.search import Need, nearest_alternatives
from spaces.forms.booking import SearchForm
from spaces.forms.staff import StaffBookForm
from spaces.models import BookingSource, Space
from spaces.rules import broken_rules


@require_http_methods(["GET", "POST"])
def booking_new(request: DistrictRequest) -> HttpResponse:
    """GET asks, with whatever the address knows already; POST books."""
    require(permissions.is_staff(request.actor))
    again = {"take", "again"} & request.POST.keys()
    posted = request.method == "POST" and not again
    form = _form(request, posted=posted)
    context: dict[str, Any] = {"form": form, "broken": _broken(request, form) if posted else []}
    well_formed = posted and form.is_valid()
    if well_formed:
        if context["broken"] and not form.cleaned_data["override"]:
            form.add_error(None, _("The rules for companies do not allow this."))
        else:
            with refusals_shown(form):
                return _book(request, form)
        context |= _conflict(request, form)
    context["companies"] = Organization.objects.current().order_by("id")
    status = 200 if not posted else 409 if well_formed else 422
    parts = ["people", "spaces-found"]
    return render_page(request, "spaces/booking_new.html", context, partials=parts, status=status)


def _form(request: DistrictRequest, *, posted: bool) -> StaffBookForm:
    asked = (request.POST or request.GET).dict()
    initial = {**SearchForm.usual(), **asked, **_taken(asked.get("take", ""))}
    return StaffBookForm(request.POST if posted else None, initial=initial, spaces=_spaces(request))


def _taken(choice: str) -> dict[str, str]:
    """A space that was picked, or an alternative: where and when; everything else is kept."""
    parts = choice.split("|")
    return dict(zip(("space", "day", "at"), parts, strict=False)) if choice else {}


def _spaces(request: DistrictRequest) -> QuerySet[Space, Space]:
    return (
        permissions.bookable_by_staff(request.actor)
        .select_related("building", "floor", "rules")
        .order_by("building__code", "code")
    )


def _broken(request: DistrictRequest, form: StaffBookForm) -> list[RuleViolation]:
    """The rules for companies that this would break; staff may, knowingly."""
    if not form.is_valid():
        return []
    space: Space = form.cleaned_data["space"]
    if space.rules is None:
        return []
    return broken_rules(space.rules, form.starts_at, form.ends_at, zone=request.district.zone)


def _book(request: DistrictRequest, form: StaffBookForm) -> HttpResponse:
    space = form.cleaned_data["space"]
    booking = book_space(space, form.wish(), by=request.actor, source=BookingSource.STAFF)
    return changed(request, _("Booked. The company has been told."), booking.get_absolute_url())


def _conflict(request: DistrictRequest, form: StaffBookForm) -> dict[str, Any]:
    space: Space = form.cleaned_data["space"]
    span = Span(form.starts_at, form.ends_at)
    need = Need(form.starts_at, form.ends_at, form.cleaned_data["people"])
    return {
        "in_the_way": named(space, buffered(space, span)),
        "alternatives": nearest_alternatives(
            space, need, by=request.actor, zone=request.district.zone
        ),
        "minutes": form.cleaned_data["minutes"],
    }
