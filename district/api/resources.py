"""The district itself and its organisations."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Readable, Resource, ShapedSerializer, updated_since
from district.models import District, Organization
from district.permissions import Permission


class DistrictSerializer(serializers.ModelSerializer[District]):
    class Meta:
        model = District
        fields = ("slug", "name_zh", "name_en", "time_zone", "currency", "longitude", "latitude")


class DistrictResource(Resource):
    """What the district is called, and the zone and currency its figures are in."""

    serializer_class = DistrictSerializer
    queryset = District.objects.none()
    pagination_class = None
    needs: ClassVar = {"list": Permission.SPACES_VIEW}

    @extend_schema(
        summary=_("The district: names, time zone, currency"), responses=DistrictSerializer
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(DistrictSerializer(request.district).data)  # type: ignore[attr-defined]


class OrganizationSerializer(ShapedSerializer):
    class Meta:
        model = Organization
        fields = (
            "id", "name_zh", "name_en", "kind", "industry", "website", "ended_at", "updated_at",
        )  # fmt: skip


class OrganizationResource(Readable):
    """The client's own organisation."""

    serializer_class = OrganizationSerializer
    queryset = Organization.objects.all()
    needs: ClassVar = dict.fromkeys(("list", "retrieve"), Permission.ORGANIZATIONS_VIEW)

    def get_queryset(self) -> Any:
        own = Organization.objects.filter(pk=self.actor.organization_id)
        return updated_since(self.request, own)

    @extend_schema(summary=_("Your organisation, as a list of one"))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(summary=_("Your organisation"))
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
