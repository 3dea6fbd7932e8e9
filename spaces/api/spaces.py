"""Spaces and when they are free, for programs of partners."""

from datetime import datetime, time
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Readable, Resource, ShapedSerializer, expanded, updated_since, valid
from district.api.idempotency import Idempotent
from district.permissions import Permission, require
from spaces import permissions
from spaces.actions.check_in import note_presence
from spaces.actions.first_free import Seek, find_first
from spaces.actions.search import Need, find_free
from spaces.models import LONGEST, Building, Feature, Floor, Occupancy, Space, SpaceLeaf
from spaces.rules import DAY_MINUTES
from spaces.starts import MOST_DAYS, Span

IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)
UPDATED_SINCE = OpenApiParameter(
    "updated_since",
    datetime,
    description=gettext_lazy("Only what changed then or later; also what has ended since."),
)


class BuildingSerializer(serializers.ModelSerializer[Building]):
    class Meta:
        model = Building
        fields = ("id", "code", "name_zh", "name_en", "address_zh", "address_en")


class FloorSerializer(serializers.ModelSerializer[Floor]):
    class Meta:
        model = Floor
        fields = ("id", "level", "name_zh", "name_en")


class SpaceSerializer(ShapedSerializer):
    expandable: ClassVar = {"building": BuildingSerializer, "floor": FloorSerializer}

    class Meta:
        model = Space
        fields = (
            "id", "code", "name_zh", "name_en", "building", "floor", "parent", "function",
            "realms", "area_m2", "capacity", "features", "measures", "bookable", "longitude",
            "latitude", "ended_at", "updated_at",
        )  # fmt: skip


class SpaceFilters(filters.FilterSet):
    capacity_min = filters.NumberFilter(
        "capacity", "gte", label=gettext_lazy("Room for at least so many")
    )
    feature = filters.MultipleChoiceFilter(
        label=gettext_lazy("Has all of these"),
        choices=Feature.choices,
        method="having",
    )

    class Meta:
        model = Space
        fields = ("building", "function", "bookable")

    def having(self, rows: QuerySet[Space], name: str, values: list[str]) -> QuerySet[Space]:
        return rows.filter(features__contains=values) if values else rows


class PeriodSerializer(serializers.Serializer[Any]):
    """A time of at most 31 days."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()

    def validate(self, attrs: dict[str, datetime]) -> dict[str, datetime]:
        length = attrs["ends_at"] - attrs["starts_at"]
        if length.total_seconds() <= 0:
            raise serializers.ValidationError({"ends_at": [_("It must end after it starts.")]})
        if length > LONGEST:
            raise serializers.ValidationError({"ends_at": [_("At most 31 days at once.")]})
        return attrs


class WantedSerializer(PeriodSerializer):
    people = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    feature = serializers.MultipleChoiceField(choices=Feature.choices, required=False)
    building = serializers.UUIDField(required=False)


class SoonestSerializer(serializers.Serializer[Any]):
    """Days on which it may begin, both included, and the part of each."""

    from_day = serializers.DateField()
    to_day = serializers.DateField()
    minutes = serializers.IntegerField(min_value=5, max_value=31 * 24 * 60)
    not_before = serializers.TimeField(
        required=False, help_text=gettext_lazy("On each day, local time.")
    )
    begins_before = serializers.TimeField(
        required=False, help_text=gettext_lazy("On each day, local time.")
    )
    people = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    feature = serializers.MultipleChoiceField(choices=Feature.choices, required=False)
    building = serializers.UUIDField(required=False)
    near = serializers.UUIDField(
        required=False, help_text=gettext_lazy("A building; of the same time the nearest first.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = (attrs["to_day"] - attrs["from_day"]).days
        if days < 0:
            raise serializers.ValidationError({"to_day": [_("It must end after it starts.")]})
        if days >= MOST_DAYS:
            raise serializers.ValidationError({"to_day": [_("At most 31 days at once.")]})
        return attrs

    def validate_near(self, value: UUID) -> Building:
        building = Building.objects.current().filter(pk=value).first()
        if building is None:
            raise serializers.ValidationError(_("There is no such building."))
        return building


class BusySerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class FreeSerializer(serializers.Serializer[Any]):
    space = SpaceSerializer()
    free_until = serializers.DateTimeField(allow_null=True)


class SlotSerializer(serializers.Serializer[Any]):
    space = SpaceSerializer()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    free_until = serializers.DateTimeField(allow_null=True)
    walk_minutes = serializers.IntegerField(
        allow_null=True, help_text=gettext_lazy("From `near`; 0 within that building.")
    )


class PresenceSerializer(serializers.Serializer[Any]):
    """The booking that was checked in; null where none runs."""

    booking = serializers.UUIDField(allow_null=True)
    checked_in_at = serializers.DateTimeField(allow_null=True)


class SpaceResource(Idempotent, Readable):
    """Spaces of the district, in use unless `updated_since` asks for what has changed."""

    serializer_class = SpaceSerializer
    queryset = Space.objects.all()
    filterset_class = SpaceFilters
    needs: ClassVar = {
        **dict.fromkeys(("list", "retrieve", "busy"), Permission.SPACES_VIEW),
        "presence": Permission.BOOKINGS_CREATE,
    }
    parameters: ClassVar = {"busy": ("starts_at", "ends_at")}

    def get_queryset(self) -> QuerySet[Space]:
        rows = Space.objects.select_related(*expanded(self.request, SpaceSerializer))
        if "updated_since" in self.request.query_params:
            return updated_since(self.request, rows)
        return rows.filter(ended_at=None)

    @extend_schema(summary=gettext_lazy("Spaces"), parameters=[UPDATED_SINCE])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary=gettext_lazy("One space"))
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        summary=gettext_lazy("When a space or a part of it is taken; by whom is not said"),
        parameters=[PeriodSerializer],
        responses=BusySerializer(many=True),
    )
    @action(detail=True, pagination_class=None)
    def busy(self, request: Request, pk: UUID) -> Response:
        space = self.get_object()
        period = valid(PeriodSerializer(data=request.query_params))
        leaves = SpaceLeaf.objects.filter(space=space).values("leaf_id")
        rows = Occupancy.objects.filter(
            space_id__in=leaves, ends_at__gt=period["starts_at"], starts_at__lt=period["ends_at"]
        ).order_by("starts_at")
        return Response(BusySerializer(rows, many=True).data)

    @extend_schema(
        summary=gettext_lazy("A door reader or sensor of the operator saw somebody there"),
        description=gettext_lazy("Checks in the booking that runs there at this moment."),
        request=None,
        responses=PresenceSerializer,
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    def presence(self, request: Request, pk: UUID) -> Response:
        require(permissions.can_report_presence(self.actor))
        return self.dispatch_once(request, self._presence)

    def _presence(self) -> Response:
        booking = note_presence(self.get_object(), by=self.actor)
        seen = {
            "booking": booking and booking.pk,
            "checked_in_at": booking and booking.checked_in_at,
        }
        return Response(PresenceSerializer(seen).data)


class AvailabilityResource(Resource):
    """Spaces that are free for a time."""

    serializer_class = FreeSerializer
    queryset = Space.objects.none()
    pagination_class = None
    filter_backends = ()
    needs: ClassVar = dict.fromkeys(("list", "first"), Permission.SPACES_VIEW)
    parameters: ClassVar = {
        "list": ("starts_at", "ends_at", "people", "feature", "building"),
        "first": (
            "from_day", "to_day", "minutes", "not_before", "begins_before", "people", "feature",
            "building", "near",
        ),
    }  # fmt: skip

    @extend_schema(
        summary=gettext_lazy("What your organisation can book then, cheapest and smallest first"),
        parameters=[WantedSerializer],
        responses=FreeSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = valid(WantedSerializer(data=request.query_params))
        need = Need(
            wanted["starts_at"],
            wanted["ends_at"],
            wanted["people"],
            sorted(wanted.get("feature", [])),
            wanted.get("building"),
        )
        found = find_free(need, by=self.actor, zone=request.district.zone)  # type: ignore[attr-defined]
        return Response(FreeSerializer(found, many=True).data)

    @extend_schema(
        summary=gettext_lazy("The first time each space is free within some days, earliest first"),
        parameters=[SoonestSerializer],
        responses=SlotSerializer(many=True),
    )
    @action(detail=False, filter_backends=())
    def first(self, request: Request) -> Response:
        wanted = valid(SoonestSerializer(data=request.query_params))
        span = Span(
            wanted["from_day"],
            wanted["to_day"],
            wanted["minutes"],
            _minute(wanted.get("not_before"), 0),
            _minute(wanted.get("begins_before"), DAY_MINUTES),
        )
        seek = Seek(
            span,
            wanted["people"],
            sorted(wanted.get("feature", [])),
            wanted.get("building"),
            wanted.get("near"),
        )
        found = find_first(seek, by=self.actor, zone=request.district.zone)  # type: ignore[attr-defined]
        return Response(SlotSerializer(found, many=True).data)


def _minute(at: time | None, otherwise: int) -> int:
    return otherwise if at is None else at.hour * 60 + at.minute
