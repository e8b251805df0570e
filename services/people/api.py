"""Staff for programs: GET/POST staff/."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from common.programs.cursors import Cursor
from common.programs.serializers import Body, NameField, RefField
from services.network.models import Site
from services.people import actions
from services.people.models import Certificate, Posting, Staff


class StaffSerializer(serializers.ModelSerializer[Staff]):
    """`station` and `post` are of the newest posting of today, `certificate` the highest one; null if there is none."""

    station = serializers.SerializerMethodField()
    post = serializers.SerializerMethodField()
    certificate = serializers.SerializerMethodField()

    class Meta:
        model = Staff
        fields = ["ref", "name", "station", "post", "employment", "certificate", "started_on", "ended_on"]

    def get_station(self, staff: Staff) -> str | None:
        return next((posting.site.ref for posting in staff.postings.all()), None)

    def get_post(self, staff: Staff) -> str | None:
        return next((posting.post for posting in staff.postings.all()), None)

    def get_certificate(self, staff: Staff) -> str | None:
        order = Certificate.Kind.values
        held = [certificate.kind for certificate in staff.certificates.all()]
        return max(held, key=order.index) if held else None


class NewStaff(Body):
    name = NameField()
    station = RefField(lambda request: Site.objects.open())
    post = serializers.ChoiceField(Posting.Post.choices)
    employment = serializers.ChoiceField(Staff.Employment.choices)
    certificate = serializers.ChoiceField(Certificate.Kind.choices, required=False, allow_null=True, default=None)
    certified_on = serializers.DateField(required=False, allow_null=True, default=None)
    started_on = serializers.DateField()


class StaffCursor(Cursor):
    ordering = ("-started_on", "-id")


def staff_with_posts(today: dt.date) -> QuerySet[Staff]:
    now = (
        Posting.objects.filter(Q(ended_on=None) | Q(ended_on__gte=today)).select_related("site").order_by("-started_on")
    )
    return Staff.objects.prefetch_related(Prefetch("postings", queryset=now), "certificates")


class StaffList(generics.ListAPIView[Staff]):
    permission = {"GET": Permission.STAFF_VIEW, "POST": Permission.STAFF_MANAGE}
    serializer_class = StaffSerializer
    pagination_class = StaffCursor

    def get_queryset(self) -> QuerySet[Staff]:
        return staff_with_posts(timezone.localdate())

    @extend_schema(summary="登记人员", request=NewStaff, responses={201: StaffSerializer})
    def post(self, request: Request) -> Response:
        form = NewStaff(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        said: dict[str, Any] = form.validated_data
        by: Any = request.user
        with transaction.atomic():
            staff = actions.take_on(
                name=said["name"], employment=said["employment"], started_on=said["started_on"], user=None, by=by
            )
            if said["certificate"]:
                actions.note_certificate(
                    staff=staff, kind=said["certificate"], number="",
                    issued_on=said["certified_on"] or said["started_on"], by=by,
                )  # fmt: skip
            actions.post(staff=staff, site=said["station"], as_post=said["post"], started_on=said["started_on"], by=by)
        return Response(StaffSerializer(staff_with_posts(timezone.localdate()).get(pk=staff.pk)).data, status=201)
