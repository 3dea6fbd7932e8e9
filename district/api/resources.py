"""The district itself and its organisations."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.base import Resource
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

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(DistrictSerializer(request.district).data)  # type: ignore[attr-defined]


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = ("id", "name_zh", "name_en", "kind", "industry", "website", "updated_at")


class OrganizationResource(ListModelMixin, RetrieveModelMixin, Resource):
    """The client's own organisation."""

    serializer_class = OrganizationSerializer
    queryset = Organization.objects.all()
    needs: ClassVar = dict.fromkeys(("list", "retrieve"), Permission.ORGANIZATIONS_VIEW)

    def get_queryset(self) -> Any:
        return Organization.objects.current().filter(pk=self.actor.organization_id)
