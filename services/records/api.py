"""Visits for programs: GET/POST visits/ (Idempotency-Key). A visit is a service record of any kind."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from api_access.idempotency import once
from common.programs.cursors import Cursor
from common.programs.serializers import Body, RefField, refused_fields
from services.clients.access import visible_clients
from services.clients.privacy.sealed import opened
from services.people.access import sites_in_reach, staff_of
from services.records import actions
from services.records.access import visible_records
from services.records.models import Attendance, Kind, ServiceRecord, Setting
from services.records.rules import USUAL_SETTING
from services.records.views import needs_countersign


class VisitSerializer(serializers.ModelSerializer[ServiceRecord]):
    """`client` is the one client of the record, null where there were none or several."""

    client = serializers.SerializerMethodField()
    station = serializers.SlugRelatedField(source="site", slug_field="ref", read_only=True)  # type: ignore[var-annotated]
    note = serializers.SerializerMethodField()

    class Meta:
        model = ServiceRecord
        fields = ["ref", "client", "station", "held_at", "minutes", "kind", "setting", "others", "note", "state"]

    def get_client(self, record: ServiceRecord) -> str | None:
        present = list(record.attendances.all())
        return present[0].client.ref if len(present) == 1 else None

    def get_note(self, record: ServiceRecord) -> str:
        return opened(record, "note")


class NewVisit(Body):
    client = RefField(
        lambda request: visible_clients(request, timezone.localdate()), required=False, allow_null=True, default=None
    )
    station = RefField(lambda request: sites_in_reach(request, timezone.localdate()).open())
    held_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=720)
    kind = serializers.ChoiceField(Kind.choices, required=False, default=Kind.HOME_VISIT)
    setting = serializers.ChoiceField(Setting.choices, required=False, allow_null=True, default=None)
    others = serializers.IntegerField(min_value=0, max_value=5000, required=False, default=0)
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class VisitCursor(Cursor):
    ordering = ("-held_at", "-id")


class Visits(generics.ListAPIView[ServiceRecord]):
    permission = {"GET": Permission.RECORD_VIEW, "POST": Permission.RECORD_WRITE}
    serializer_class = VisitSerializer
    pagination_class = VisitCursor

    def get_queryset(self) -> QuerySet[ServiceRecord]:
        people = Prefetch("attendances", queryset=Attendance.objects.select_related("client"))
        return (
            visible_records(self.request._request, timezone.localdate()).select_related("site").prefetch_related(people)
        )

    @extend_schema(
        summary="记录服务",
        request=NewVisit,
        responses={201: VisitSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    @once
    def post(self, request: Request) -> Response:
        form = NewVisit(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        worker = staff_of(request._request)
        if worker is None:
            raise PermissionDenied("您还没有人员档案，不能记录服务。")
        try:
            record = actions.record_service(
                service=_service(form.validated_data, worker),
                now=timezone.now(),
                by=request.user,  # type: ignore[arg-type]
                needs_countersign=needs_countersign(request._request),
            )
        except actions.CannotRecord as refusal:
            names = {"site": "station", "clients": "client"}
            raise refused_fields({names.get(name, name): said for name, said in refusal.fields.items()}) from None
        return Response(VisitSerializer(record).data, status=201)


def _service(said: dict[str, Any], worker: Any) -> actions.Service:
    return actions.Service(
        kind=said["kind"],
        site=said["station"],
        worker=worker,
        held_at=said["held_at"],
        minutes=said["minutes"],
        setting=said["setting"] or USUAL_SETTING[said["kind"]],
        clients=(said["client"],) if said["client"] else (),
        others=said["others"],
        note=said["note"],
    )
