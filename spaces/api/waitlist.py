"""The waitlist, for programs of partners."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Readable, ShapedSerializer, etag, updated_since, valid
from district.api.idempotency import Idempotent
from district.permissions import Permission, require
from spaces import permissions
from spaces.actions import waitlist as actions
from spaces.actions.booking import Wish
from spaces.api.bookings import IF_MATCH, BookingSerializer, TimesSerializer
from spaces.api.spaces import IDEMPOTENCY_KEY, UPDATED_SINCE
from spaces.models import Space, WaitlistEntry, WaitStatus


class WaitlistSerializer(ShapedSerializer):
    class Meta:
        model = WaitlistEntry
        fields = (
            "id", "space", "organization", "title", "attendee_count", "seat_count", "starts_at",
            "ends_at", "status", "joined_at", "offered_until", "booking", "created_at",
            "updated_at",
        )  # fmt: skip


class WaitlistFilters(filters.FilterSet):
    status = filters.MultipleChoiceFilter(choices=WaitStatus.choices)

    class Meta:
        model = WaitlistEntry
        fields = ("space",)


class NewWaitlistSerializer(TimesSerializer):
    """`space` is an id. With `seat_count` it is for that many seats of an area."""

    space = serializers.UUIDField()
    attendee_count = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    seat_count = serializers.IntegerField(min_value=1, max_value=200, required=False)
    title = serializers.CharField(max_length=160, default="", allow_blank=True)


class WaitlistResource(Idempotent, Readable):
    """What the client's organisation waits for, the newest first."""

    serializer_class = WaitlistSerializer
    queryset = WaitlistEntry.objects.all()
    filterset_class = WaitlistFilters
    needs: ClassVar = {
        **dict.fromkeys(("list", "retrieve"), Permission.BOOKINGS_VIEW),
        **dict.fromkeys(("create", "take", "leave"), Permission.BOOKINGS_CREATE),
    }

    def get_queryset(self) -> QuerySet[WaitlistEntry]:
        own = WaitlistEntry.objects.filter(organization_id=self.actor.organization_id)
        return updated_since(self.request, own)

    @extend_schema(summary=gettext_lazy("What you wait for"), parameters=[UPDATED_SINCE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary=gettext_lazy("One entry of the waitlist"))
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary=gettext_lazy("Wait for a slot that is taken"),
        request=NewWaitlistSerializer,
        responses={201: WaitlistSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        return self.dispatch_once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        data = valid(NewWaitlistSerializer(data=request.data))
        space_id = data.pop("space")
        space = Space.objects.bookable().select_related("building", "rules").filter(pk=space_id)
        found = space.first()
        if found is None:
            raise serializers.ValidationError({"space": [_("There is no such space to book.")]})
        require(permissions.can_join_waitlist(self.actor, found))
        return _answer(actions.join_waitlist(found, Wish(**data), by=self.actor), 201)

    @extend_schema(
        summary=gettext_lazy("Book what is offered, before the offer runs out"),
        request=None,
        responses={201: BookingSerializer},
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: UUID) -> Response:
        return self.dispatch_once(request, self._take)

    def _take(self) -> Response:
        entry = self._to_change()
        require(permissions.can_take_offer(self.actor, entry))
        booking = actions.take_offer(entry, by=self.actor)
        headers = {
            "ETag": etag(booking.revision),
            "Location": reverse("api:booking-detail", args=[booking.pk]),
        }
        return Response(BookingSerializer(booking).data, status=201, headers=headers)

    @extend_schema(
        summary=gettext_lazy("Wait no longer; an offer goes to the next"),
        request=None,
        responses=WaitlistSerializer,
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: UUID) -> Response:
        return self.dispatch_once(request, self._leave)

    def _leave(self) -> Response:
        entry = self._to_change()
        if entry.status == WaitStatus.LEFT:
            return _answer(entry)
        return _answer(actions.leave_waitlist(entry, by=self.actor))

    def _to_change(self) -> WaitlistEntry:
        entry: WaitlistEntry = WaitlistEntry.objects.locked().get(pk=self.get_object().pk)
        self.require_match(entry.revision)
        return entry


def _answer(entry: WaitlistEntry, number: int = 200) -> Response:
    headers = {"ETag": etag(entry.revision)}
    if number == 201:
        headers["Location"] = reverse("api:waitlist-detail", args=[entry.pk])
    return Response(WaitlistSerializer(entry).data, status=number, headers=headers)
