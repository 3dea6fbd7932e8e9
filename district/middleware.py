"""From `/<slug>/…` to a request that knows its district, its scope and who acts."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import set_script_prefix
from django.utils import timezone, translation
from django_htmx.middleware import HtmxDetails

from district.models import District, Membership, Person
from district.models.district import RESERVED_SLUGS
from district.modules import is_on
from district.rules import RuleViolation
from district.tenancy.errors import violation_from
from district.tenancy.scope import scope

GetResponse = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MEMBERSHIP_KEY = "membership"


class DistrictRequest(HttpRequest):
    """What every view of a district gets.

    `actor` is the active membership. It is missing only where nobody has logged in, which
    AccessMiddleware allows for public views alone.
    """

    actor: Membership
    district: District
    person: Person | None
    membership: Membership | None
    memberships: Sequence[Membership]
    htmx: HtmxDetails


def public(view: View) -> View:
    """Mark a view that anybody may see."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def for_persons(view: View) -> View:
    """Mark a view for anybody logged in, member of this district or not."""
    view.access = "person"  # type: ignore[attr-defined]
    return view


class PathMiddleware:
    """Moves `/<slug>` from the path into SCRIPT_NAME, so that URLs never spell the district."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug, _, rest = request.path_info.removeprefix("/").partition("/")
        request.district = None  # type: ignore[attr-defined]
        if slug and slug.isprintable() and slug not in RESERVED_SLUGS:
            district = District.objects.filter(slug=slug).first()
            if district is not None:
                self._enter(request, district, rest)
        return self.get_response(request)

    def _enter(self, request: HttpRequest, district: District, rest: str) -> None:
        prefix = f"{request.META.get('SCRIPT_NAME', '')}/{district.slug}"
        request.district = district  # type: ignore[attr-defined]
        request.path_info = request.META["PATH_INFO"] = f"/{rest}"
        request.META["SCRIPT_NAME"] = prefix
        set_script_prefix(f"{prefix}/")


class ScopeMiddleware:
    """One transaction in the district's scope around the view; undone when the answer is an error.

    Also finds the person and the membership they act in. Django turns exceptions into responses
    before a middleware sees them, so the status decides.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = request.membership = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("the database can neither keep nor look for this character")
        district: District | None = request.district  # type: ignore[attr-defined]
        if district is None:
            return self.get_response(request)
        with scope(district.pk), timezone.override(district.zone):
            self._identify(request)
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def _identify(self, request: Any) -> None:
        if not request.user.is_authenticated:
            return
        memberships = list(
            Membership.objects.current()
            .filter(person__user_id=request.user.pk)
            .select_related("person", "organization", "community")
            .order_by("id")
        )
        chosen = request.session.get(f"{MEMBERSHIP_KEY}:{request.district.pk}")
        request.memberships = memberships
        request.membership = next(
            (item for item in memberships if str(item.pk) == chosen),
            memberships[0] if memberships else None,
        )
        if request.membership:
            request.actor = request.membership
            request.person = request.membership.person
        else:
            request.person = Person.objects.filter(user_id=request.user.pk).first()


class AccessMiddleware:
    """Nobody sees a page of a district without a membership, unless the view says so."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.district is not None and not is_on(request.district, getattr(view, "cls", view)):
            raise Http404
        access = getattr(getattr(view, "cls", view), "access", None) or _access_of_library(view)
        if access == "public" or (access == "person" and request.user.is_authenticated):
            return None
        if request.district is None and access != "person":
            raise Http404
        if request.membership is not None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return render(request, "district/not_a_member.html", status=403)


def _access_of_library(view: Callable[..., Any]) -> str | None:
    """Log-in pages and the API (which authenticates tokens itself) are not ours to mark."""
    module = getattr(view, "__module__", "")
    return "public" if module.startswith(("allauth.", "django.")) else None


class RefusalMiddleware:
    """A broken rule becomes a clear 409, as a page or as a toast for htmx."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        if isinstance(error, IntegrityError):
            error = violation_from(error) or error
        if not isinstance(error, RuleViolation):
            return None
        template = "components/refusal.html" if request.htmx else "409.html"
        response = render(request, template, {"violation": error}, status=409)
        if request.htmx:
            response["HX-Retarget"] = "#toasts"
            response["HX-Reswap"] = "beforeend"
        return response


class LanguageMiddleware:
    """The person's own language first, then the cookie and the browser, then the district's."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        language = self._choose(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response

    supported: ClassVar[list[str]] = [code for code, _ in settings.LANGUAGES]

    def _choose(self, request: Any) -> str:
        if request.user.is_authenticated and request.user.language in self.supported:
            return str(request.user.language)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if cookie in self.supported:
            return str(cookie)
        if request.headers.get("Accept-Language"):
            return translation.get_language_from_request(request)
        return request.district.language if request.district else settings.LANGUAGE_CODE


def switch_membership(request: DistrictRequest, membership_id: UUID) -> None:
    """Act in another of one's own memberships from the next request on; Http404 for others'."""
    if not any(item.pk == membership_id for item in request.memberships):
        raise Http404
    request.session[f"{MEMBERSHIP_KEY}:{request.district.pk}"] = str(membership_id)
