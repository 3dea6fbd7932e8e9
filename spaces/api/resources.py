"""Spaces, when they are free, and bookings, for programs of partners."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import IdempotentCreate, Resource, etag
from district.permissions import Permission, require
from spaces import permissions
from spaces.actions import booking as actions
from spaces.actions.booking import Wish
from spaces.actions.search import Need, find_free
from spaces.models import (
    Booking,
    BookingSource,
    BookingStatus,
    Feature,
    Occupancy,
    Space,
    SpaceLeaf,
)


class SpaceSerializer(serializers.ModelSerializer[Space]):
    class Meta:
        model = Space
        fields = (
            "id", "code", "name_zh", "name_en", "building", "floor", "parent", "function",
            "realms", "area_m2", "capacity", "features", "measures", "bookable", "longitude",
            "latitude", "updated_at",
        )  # fmt: skip


class BusySerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class PeriodSerializer(serializers.Serializer[Any]):
    """A time of at most 31 days."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()

    def validate(self, attrs: dict[str, datetime]) -> dict[str, datetime]:
        length = attrs["ends_at"] - attrs["starts_at"]
        if not 0 < length.total_seconds() <= actions.LONGEST.total_seconds():
            raise serializers.ValidationError({"ends_at": ["1 s … 31 d"]})
        return attrs


class WantedSerializer(PeriodSerializer):
    people = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    feature = serializers.MultipleChoiceField(choices=Feature.choices, required=False)


class FreeSerializer(serializers.Serializer[Any]):
    space = SpaceSerializer()
    free_until = serializers.DateTimeField(allow_null=True)


class SpaceResource(ListModelMixin, RetrieveModelMixin, Resource):
    """Spaces of the district. Filters: `building`, `function`, `bookable`, `updated_since`."""

    serializer_class = SpaceSerializer
    queryset = Space.objects.all()
    filterset_fields = ("building", "function", "bookable")
    needs: ClassVar = dict.fromkeys(("list", "retrieve", "busy", "free"), Permission.SPACES_VIEW)

    def get_queryset(self) -> QuerySet[Space]:
        return _since(self.request, Space.objects.current())

    @extend_schema(parameters=[PeriodSerializer], responses=BusySerializer(many=True))
    @action(detail=True, pagination_class=None)
    def busy(self, request: Request, pk: UUID) -> Response:
        """When the space or a part of it is taken; by whom is not said."""
        space = self.get_object()
        period = _valid(PeriodSerializer(data=request.query_params))
        leaves = SpaceLeaf.objects.filter(space=space).values("leaf_id")
        rows = Occupancy.objects.filter(
            space_id__in=leaves, ends_at__gt=period["starts_at"], starts_at__lt=period["ends_at"]
        ).order_by("starts_at")
        return Response(BusySerializer(rows, many=True).data)

    @extend_schema(parameters=[WantedSerializer], responses=FreeSerializer(many=True))
    @action(detail=False, pagination_class=None)
    def free(self, request: Request) -> Response:
        """Spaces the organisation can book for a time, cheapest and smallest first."""
        data = request.query_params.copy()
        wanted = _valid(WantedSerializer(data=data))
        need = Need(
            wanted["starts_at"],
            wanted["ends_at"],
            wanted["people"],
            sorted(wanted.get("feature", [])),
        )
        found = find_free(need, by=self.actor, zone=request.district.zone)  # type: ignore[attr-defined]
        return Response(FreeSerializer(found, many=True).data)


class BookingSerializer(serializers.ModelSerializer[Booking]):
    class Meta:
        model = Booking
        fields = (
            "id", "number", "space", "organization", "title", "attendee_count", "starts_at",
            "ends_at", "status", "price_amount", "currency", "reason", "external_id", "updated_at",
        )  # fmt: skip


class NewBookingSerializer(serializers.Serializer[Any]):
    """`space` is an id; times are RFC 3339 with an offset."""

    space = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    attendee_count = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    title = serializers.CharField(max_length=160, default="", allow_blank=True)
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=160, default="", allow_blank=True)


IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)
IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)


class BookingResource(IdempotentCreate, ListModelMixin, Resource):
    """Bookings of the client's organisation. Filters: `space`, `status`, `updated_since`."""

    serializer_class = BookingSerializer
    queryset = Booking.objects.all()
    filterset_fields = ("space", "status")
    needs: ClassVar = {
        **dict.fromkeys(("list", "retrieve"), Permission.BOOKINGS_VIEW),
        **dict.fromkeys(("create", "cancel"), Permission.BOOKINGS_CREATE),
    }

    def get_queryset(self) -> QuerySet[Booking]:
        own = Booking.objects.filter(organization_id=self.actor.organization_id)
        return _since(self.request, own)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        return _booking_answer(self.get_object())

    @extend_schema(
        request=NewBookingSerializer,
        responses={201: BookingSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Book a space, or ask for it where the rules want approval."""
        return self.dispatch_once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        data = _valid(NewBookingSerializer(data=request.data))
        space = (
            Space.objects.bookable()
            .select_related("building", "rules")
            .filter(pk=data.pop("space"))
            .first()
        )
        if space is None:
            raise serializers.ValidationError({"space": ["—"]})
        require(permissions.can_book(self.actor, space))
        booking = actions.book_space(space, Wish(**data), by=self.actor, source=BookingSource.API)
        return _booking_answer(booking, 201)

    @extend_schema(request=None, parameters=[IF_MATCH, IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Give the space back, as the cancellation rule allows."""
        return self.dispatch_once(request, lambda: self._cancel())

    def _cancel(self) -> Response:
        booking = self.get_object()
        self.require_match(booking.revision)
        if booking.status == BookingStatus.CANCELLED:
            return _booking_answer(booking)
        return _booking_answer(actions.cancel_booking(booking, by=self.actor))


def _booking_answer(booking: Booking, number: int = 200) -> Response:
    headers = {"ETag": etag(booking.revision)}
    if number == 201:
        headers["Location"] = reverse("api:booking-detail", args=[booking.pk])
    return Response(BookingSerializer(booking).data, status=number, headers=headers)


def _valid(serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def _since(request: Request, rows: Any) -> Any:
    text = request.query_params.get("updated_since")
    if not text:
        return rows
    since = serializers.DateTimeField().run_validation(text)
    return rows.filter(updated_at__gte=since)
