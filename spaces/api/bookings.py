"""Bookings, for programs of partners."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Readable, ShapedSerializer, etag, expanded, updated_since, valid
from district.api.idempotency import Idempotent
from district.api.resources import OrganizationSerializer
from district.permissions import Permission, require
from district.rules import RuleViolation
from spaces import permissions
from spaces.actions import booking as actions
from spaces.actions import decisions
from spaces.actions.booking import Wish
from spaces.actions.check_in import check_in_booking
from spaces.actions.occupancy import CONFLICTS
from spaces.actions.search import Need, nearest_alternatives
from spaces.api.spaces import IDEMPOTENCY_KEY, UPDATED_SINCE, SpaceSerializer
from spaces.models import Booking, BookingSource, BookingStatus, Space

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)


class BookingSerializer(ShapedSerializer):
    expandable: ClassVar = {"space": SpaceSerializer, "organization": OrganizationSerializer}

    class Meta:
        model = Booking
        fields = (
            "id", "number", "space", "organization", "title", "attendee_count", "starts_at",
            "ends_at", "status", "checked_in_at", "price_amount", "price_lines", "credit_amount",
            "fee_amount", "currency", "reason", "external_id", "created_at", "updated_at",
        )  # fmt: skip


class BookingFilters(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=BookingStatus.choices)
    ends_after = filters.IsoDateTimeFilter("ends_at", "gt", label=gettext_lazy("Not over by then"))
    starts_before = filters.IsoDateTimeFilter(
        "starts_at", "lt", label=gettext_lazy("Begun by then")
    )

    class Meta:
        model = Booking
        fields = ("space", "external_id")


class TimesSerializer(serializers.Serializer[Any]):
    """Times are RFC 3339 with an offset."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class NewBookingSerializer(TimesSerializer):
    """`space` is an id."""

    space = serializers.UUIDField()
    attendee_count = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    title = serializers.CharField(max_length=160, default="", allow_blank=True)
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=160, default="", allow_blank=True)


class RescheduleSerializer(TimesSerializer):
    """`space` stays the same if left out."""

    space = serializers.UUIDField(required=False)


class BookingResource(Idempotent, Readable):
    """Bookings of the client's organisation, the newest first."""

    serializer_class = BookingSerializer
    queryset = Booking.objects.all()
    filterset_class = BookingFilters
    needs: ClassVar = {
        **dict.fromkeys(("list", "retrieve"), Permission.BOOKINGS_VIEW),
        **dict.fromkeys(("create", "cancel", "reschedule", "check_in"), Permission.BOOKINGS_CREATE),
    }

    def get_queryset(self) -> QuerySet[Booking]:
        own = Booking.objects.filter(organization_id=self.actor.organization_id)
        own = own.select_related(*expanded(self.request, BookingSerializer))
        return updated_since(self.request, own)

    @extend_schema(summary=gettext_lazy("Your bookings"), parameters=[UPDATED_SINCE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary=gettext_lazy("One booking"))
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary=gettext_lazy("Book a space, or ask for it where the rules want approval"),
        request=NewBookingSerializer,
        responses={201: BookingSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        return self.dispatch_once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        data = valid(NewBookingSerializer(data=request.data))
        space = self._space(data.pop("space"))
        wish = Wish(**data)
        try:
            booking = actions.book_space(space, wish, by=self.actor, source=BookingSource.API)
        except RuleViolation as violation:
            raise self._with_alternatives(violation, space, wish) from violation
        return _answer(booking, 201)

    @extend_schema(
        summary=gettext_lazy("Another time or space, as one step: all of it or nothing"),
        request=RescheduleSerializer,
        responses=BookingSerializer,
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, pk: UUID) -> Response:
        return self.dispatch_once(request, lambda: self._reschedule(request))

    def _reschedule(self, request: Request) -> Response:
        booking = self._to_change()
        data = valid(RescheduleSerializer(data=request.data))
        space = self._space(data.get("space", booking.space_id))
        wish = Wish(data["starts_at"], data["ends_at"], booking.attendee_count)
        try:
            moved = actions.reschedule_booking(
                booking, space, wish.starts_at, wish.ends_at, by=self.actor
            )
        except RuleViolation as violation:
            raise self._with_alternatives(violation, space, wish) from violation
        return _answer(moved)

    @extend_schema(
        summary=gettext_lazy("Give the space back, as the cancellation rule allows"),
        request=None,
        responses=BookingSerializer,
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        return self.dispatch_once(request, self._cancel)

    def _cancel(self) -> Response:
        booking = self._to_change()
        if booking.status == BookingStatus.CANCELLED:
            return _answer(booking)
        return _answer(decisions.cancel_booking(booking, by=self.actor))

    @extend_schema(
        summary=gettext_lazy("Somebody is there; told again, it changes nothing"),
        request=None,
        responses=BookingSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def check_in(self, request: Request, pk: UUID) -> Response:
        return self.dispatch_once(request, self._check_in)

    def _check_in(self) -> Response:
        booking = self.get_object()
        if booking.status == BookingStatus.CHECKED_IN:
            return _answer(booking)
        return _answer(check_in_booking(booking, by=self.actor))

    def _to_change(self) -> Booking:
        """Locked, so that of two programs that have read the same state only one changes it."""
        booking: Booking = Booking.objects.locked().get(pk=self.get_object().pk)
        self.require_match(booking.revision)
        return booking

    def _space(self, space_id: UUID) -> Space:
        rows = Space.objects.bookable().select_related("building", "rules")
        space = rows.filter(pk=space_id).first()
        if space is None:
            raise serializers.ValidationError({"space": [_("There is no such space to book.")]})
        require(permissions.can_book(self.actor, space))
        return space

    def _with_alternatives(
        self, violation: RuleViolation, space: Space, wish: Wish
    ) -> RuleViolation:
        """The same refusal with what is free instead, where the times made sense."""
        if violation.code not in CONFLICTS:
            return violation
        need = Need(wish.starts_at, wish.ends_at, wish.attendee_count)
        zone = self.request.district.zone  # type: ignore[attr-defined]
        found = nearest_alternatives(space, need, by=self.actor, zone=zone)
        length = wish.ends_at - wish.starts_at
        alternatives = [
            {
                "space": str(other.pk),
                "starts_at": at.isoformat(),
                "ends_at": (at + length).isoformat(),
            }
            for other, at in found
        ]
        return RuleViolation(
            violation.code, violation.message, details={"alternatives": alternatives}
        )


def _answer(booking: Booking, number: int = 200) -> Response:
    headers = {"ETag": etag(booking.revision)}
    if number == 201:
        headers["Location"] = reverse("api:booking-detail", args=[booking.pk])
    return Response(BookingSerializer(booking).data, status=number, headers=headers)
