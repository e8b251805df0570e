"""Stations for programs: GET/POST stations/, GET/PATCH stations/{ref}/."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from common.programs.cursors import Cursor
from common.programs.serializers import Body, RefField
from services.network import actions
from services.network.access import get_site
from services.network.models import Site


class SiteSerializer(serializers.ModelSerializer[Site]):
    parent = serializers.SlugRelatedField(slug_field="ref", read_only=True, allow_null=True)  # type: ignore[assignment, var-annotated]

    class Meta:
        model = Site
        fields = ["ref", "code", "name", "level", "label", "parent", "region", "address", "opened_on", "closed_on"]


class NewSite(Body):
    code = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=60)
    level = serializers.ChoiceField(Site.Level.choices)
    label = serializers.CharField(max_length=12)  # type: ignore[assignment]  # the field's own name in the API
    parent = RefField(lambda request: Site.objects.open(), required=False, allow_null=True, default=None)  # type: ignore[assignment]
    region = serializers.RegexField(r"^(\d{6}|\d{9})$")
    address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    opened_on = serializers.DateField()


class SiteChanges(Body):
    name = serializers.CharField(max_length=60, required=False)
    label = serializers.CharField(max_length=12, required=False)  # type: ignore[assignment]
    region = serializers.RegexField(r"^(\d{6}|\d{9})$", required=False)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SiteCursor(Cursor):
    ordering = ("code", "id")


class Stations(generics.ListAPIView[Site]):
    permission = {"GET": Permission.STATION_VIEW, "POST": Permission.STATION_MANAGE}
    serializer_class = SiteSerializer
    pagination_class = SiteCursor

    def get_queryset(self) -> QuerySet[Site]:
        return Site.objects.select_related("parent")

    @extend_schema(summary="启用站点", request=NewSite, responses={201: SiteSerializer})
    def post(self, request: Request) -> Response:
        form = NewSite(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        site = actions.open_site(
            **form.validated_data,
            agency=request._request.tenant_name,  # type: ignore[attr-defined]
            today=timezone.localdate(),
            by=request.user,  # type: ignore[arg-type]
        )
        return Response(SiteSerializer(site).data, status=201)


class Station(generics.GenericAPIView[Site]):
    permission = {"GET": Permission.STATION_VIEW, "PATCH": Permission.STATION_MANAGE}
    serializer_class = SiteSerializer

    def get(self, request: Request, ref: str) -> Response:
        return Response(SiteSerializer(get_site(request._request, ref)).data)

    @extend_schema(summary="修改站点资料", request=SiteChanges, responses=SiteSerializer)
    def patch(self, request: Request, ref: str) -> Response:
        site = get_site(request._request, ref, Permission.STATION_MANAGE)
        form = SiteChanges(data=request.data)
        form.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(form.validated_data)
        actions.change_site(
            site=site,
            changes=changes,
            agency=request._request.tenant_name,  # type: ignore[attr-defined]
            by=request.user,  # type: ignore[arg-type]
        )
        return Response(SiteSerializer(site).data)
