"""Clients for programs: GET/POST clients/, GET/PATCH clients/{ref}/, POST clients/{ref}/reveal/."""

import dataclasses
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from common.programs.cursors import Cursor
from common.programs.serializers import Body, NameField, RefField, refused_fields
from services.clients import actions
from services.clients.access import get_client, served_clients, visible_households
from services.clients.models import Client
from services.clients.queries import find
from services.journal import log
from services.people.access import sites_in_reach, staff_of


class ClientSerializer(serializers.ModelSerializer[Client]):
    station = serializers.SlugRelatedField(source="site", slug_field="ref", read_only=True)  # type: ignore[var-annotated]
    household = serializers.SlugRelatedField(slug_field="ref", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    categories = serializers.SerializerMethodField()
    id_number_masked = serializers.CharField(read_only=True, help_text="asterisks if a number is kept, no digit of it")
    phone_masked = serializers.CharField(read_only=True, help_text="the last two digits")

    class Meta:
        model = Client
        fields = [
            "ref", "name", "id_number_masked", "birth_on", "gender", "phone_masked", "station", "categories",
            "household", "registered_region", "living_region",
        ]  # fmt: skip

    def get_categories(self, client: Client) -> list[str]:
        return [category.code for category in client.categories.all() if category.to_on is None]


class ClientBody(Body):
    """Sealed fields are write only."""

    name = NameField()
    id_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    birth_on = serializers.DateField(required=False, allow_null=True, default=None)
    gender = serializers.ChoiceField(Client.Gender.choices, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    station = RefField(lambda request: sites_in_reach(request, timezone.localdate()).open())
    categories = serializers.ListField(child=serializers.CharField(max_length=30), required=False, default=list)
    household = RefField(
        lambda request: visible_households(request, timezone.localdate()), required=False, allow_null=True, default=None
    )
    registered_region = serializers.RegexField(r"^(\d{6}|\d{9})?$", required=False, allow_blank=True, default="")
    living_region = serializers.RegexField(r"^(\d{6}|\d{9})?$", required=False, allow_blank=True, default="")


class Question(Body):
    field = serializers.ChoiceField(actions.REVEALABLE)
    reason = serializers.CharField(min_length=4, max_length=200)


class Answer(serializers.Serializer[Any]):
    value = serializers.CharField()


class ClientCursor(Cursor):
    ordering = ("-opened_on", "-id")


class Clients(generics.ListAPIView[Client]):
    permission = {"GET": Permission.CLIENT_VIEW, "POST": Permission.CLIENT_MANAGE}
    serializer_class = ClientSerializer
    pagination_class = ClientCursor

    def get_queryset(self) -> QuerySet[Client]:
        clients = served_clients(self.request._request, timezone.localdate()).filter(merged_into=None)
        words = self.request.query_params.get("q", "")[:100]
        return find(clients, words).select_related("site", "household").prefetch_related("categories")

    @extend_schema(parameters=[OpenApiParameter("q", str, description="name, pinyin, initials, file number")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="建立档案", request=ClientBody, responses={201: ClientSerializer})
    def post(self, request: Request) -> Response:
        today = timezone.localdate()
        form = ClientBody(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        file = dataclasses.replace(_file(form.validated_data), worker=staff_of(request._request))
        try:
            client = actions.open_file(file=file, opened_on=today, today=today, by=request.user)  # type: ignore[arg-type]
        except actions.CannotKeepClient as refusal:
            raise refused_fields(refusal.fields) from None
        return Response(ClientSerializer(client).data, status=201)


class OneClient(generics.GenericAPIView[Client]):
    permission = {"GET": Permission.CLIENT_VIEW, "PATCH": Permission.CLIENT_MANAGE}
    serializer_class = ClientSerializer

    def get(self, request: Request, ref: str) -> Response:
        client = get_client(request._request, ref, Permission.CLIENT_VIEW, timezone.localdate())
        log.write("clients.client.read", on=client, by=request.user)  # type: ignore[arg-type]
        return Response(ClientSerializer(client).data)

    @extend_schema(summary="修改档案", request=ClientBody, responses=ClientSerializer)
    def patch(self, request: Request, ref: str) -> Response:
        today = timezone.localdate()
        client = get_client(request._request, ref, Permission.CLIENT_MANAGE, today)
        form = ClientBody(data=request.data, partial=True, context={"request": request._request})
        form.is_valid(raise_exception=True)
        file_now = {
            "name": client.name, "birth_on": client.birth_on, "gender": client.gender, "station": client.site,
            "household": client.household, "registered_region": client.registered_region,
            "living_region": client.living_region,
        }  # fmt: skip
        file = dataclasses.replace(
            _file(file_now | form.validated_data),
            worker=client.worker,
            relation=client.relation,
            is_restricted=client.is_restricted,
        )
        try:
            actions.change_file(client=client, file=file, today=today, by=request.user)  # type: ignore[arg-type]
        except actions.CannotKeepClient as refusal:
            raise refused_fields(refusal.fields) from None
        return Response(ClientSerializer(client).data)


class Reveal(APIView):
    permission = Permission.CLIENT_REVEAL

    @extend_schema(summary="查看加密内容", request=Question, responses=Answer)
    def post(self, request: Request, ref: str) -> Response:
        client = get_client(request._request, ref, Permission.CLIENT_REVEAL, timezone.localdate())
        form = Question(data=request.data)
        form.is_valid(raise_exception=True)
        value = actions.reveal(client=client, **form.validated_data, by=request.user)  # type: ignore[arg-type]
        return Response({"value": value}, headers={"Cache-Control": "no-store"})


def _file(data: dict[str, Any]) -> actions.ClientFile:
    values = {**data, "site": data["station"], "categories": tuple(dict.fromkeys(data.get("categories", ())))}
    del values["station"]
    return actions.ClientFile(**values)
