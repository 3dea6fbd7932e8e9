"""Credits, passes and statements for programs: what an organisation has, and what it owes."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Readable, Resource, ShapedSerializer, valid
from district.permissions import Permission
from spaces.models import Booking, Credit
from spaces.statements import Month, billed, totals_of


class CreditSerializer(ShapedSerializer):
    """`granted`, `used` and `left` are money, minutes or visits, as `unit` says."""

    left = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    class Meta:
        model = Credit
        fields = (
            "id", "number", "name_zh", "name_en", "unit", "granted", "used", "left", "function",
            "valid_from", "valid_until", "ended_at", "created_at", "updated_at",
        )  # fmt: skip


class CreditFilters(filters.FilterSet):
    class Meta:
        model = Credit
        fields = ("unit", "function")


class CreditResource(Readable):
    """Credits and passes of the client's organisation, the newest first."""

    serializer_class = CreditSerializer
    queryset = Credit.objects.all()
    filterset_class = CreditFilters
    needs: ClassVar = dict.fromkeys(("list", "retrieve"), Permission.BOOKINGS_VIEW)

    def get_queryset(self) -> QuerySet[Credit]:
        return Credit.objects.filter(organization_id=self.actor.organization_id)

    @extend_schema(summary=gettext_lazy("Your credits and passes"))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary=gettext_lazy("One credit"))
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)


class MonthSerializer(serializers.Serializer[Any]):
    """Such as 2026-11."""

    month = serializers.RegexField(r"^20\d\d-(0[1-9]|1[0-2])$")


class StatementLineSerializer(serializers.ModelSerializer[Booking]):
    """`amount` is owed for the booking, `due_amount` what credits have not paid of it."""

    amount = serializers.DecimalField(14, 2, source="charge", read_only=True)
    due_amount = serializers.DecimalField(14, 2, read_only=True)

    class Meta:
        model = Booking
        fields = (
            "id", "number", "space", "starts_at", "ends_at", "status", "price_lines",
            "amount", "credit_amount", "due_amount",
        )  # fmt: skip


class StatementSerializer(serializers.Serializer[Any]):
    month = serializers.CharField()
    is_final = serializers.BooleanField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(14, 2)
    credit_amount = serializers.DecimalField(14, 2)
    due_amount = serializers.DecimalField(14, 2)
    lines = StatementLineSerializer(many=True)


class StatementResource(Resource):
    """What the client's organisation owes for its bookings of a month."""

    serializer_class = StatementSerializer
    queryset = Booking.objects.none()
    pagination_class = None
    filter_backends = ()
    needs: ClassVar = {"list": Permission.BOOKINGS_VIEW}
    parameters: ClassVar = {"list": ("month",)}

    @extend_schema(
        summary=gettext_lazy("The statement of a month"),
        parameters=[MonthSerializer],
        responses=StatementSerializer(many=False),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        month = Month.asked(valid(MonthSerializer(data=request.query_params))["month"])
        lines = list(billed(self.actor, month).order_by("starts_at", "id"))
        totals = totals_of(lines)
        statement = {
            "month": f"{month.first:%Y-%m}",
            "is_final": month.is_over,
            "currency": request.district.currency,  # type: ignore[attr-defined]
            "amount": totals.owed,
            "credit_amount": totals.credit,
            "due_amount": totals.due,
            "lines": lines,
        }
        return Response(StatementSerializer(statement).data)
