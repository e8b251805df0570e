"""Supervision for programs on an agency's host: free slots and bookings."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from accounts.permissions import Permission
from api_access.idempotency import once
from common import clock
from common.programs.cursors import plain_address
from common.programs.serializers import Body
from supervision import access, queries
from supervision.availability.slots import free_slots
from supervision.bookings import actions as booking_actions
from supervision.models import Booking, BookingQuerySet
from supervision.refusals import slot_shape
from supervision.serializers import BookingCursor, BookingSerializer, People
from supervision.words import Function, Kind, Modality
from tenants.running import current_slug

FARTHEST = dt.timedelta(days=62)
MOST_SLOTS = 200


class MomentOrDay(serializers.DateTimeField):
    """A moment (RFC 3339), or a day: its first moment in Shanghai."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            return queries.day_start(dt.date.fromisoformat(str(value)))
        except ValueError:
            return super().to_internal_value(value)


SlotsQuestion = type(
    "SlotsQuestion",
    (serializers.Serializer,),
    {
        "from": MomentOrDay(required=False),
        "to": MomentOrDay(required=False),
        "supervisor": serializers.CharField(required=False, max_length=16),
        "modality": serializers.ChoiceField(choices=Modality.choices, required=False),
        "minutes": serializers.IntegerField(required=False, min_value=15, max_value=480, default=60),
        "limit": serializers.IntegerField(required=False, min_value=1, max_value=MOST_SLOTS, default=MOST_SLOTS),
        "offset": serializers.IntegerField(required=False, min_value=0, max_value=1_000_000, default=0),
    },
)
SLOT = inline_serializer(
    "Slot",
    {
        "supervisor": serializers.CharField(),
        "starts_at": serializers.DateTimeField(),
        "ends_at": serializers.DateTimeField(),
        "modality": serializers.ChoiceField(choices=Modality.choices),
        "places": serializers.IntegerField(),
    },
)
SLOTS = inline_serializer(
    "Slots",
    {
        "results": serializers.ListField(child=SLOT),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
    },
)


class Slots(APIView):
    """Free times of supervisors, earliest first."""

    permission = Permission.STATION_VIEW

    @extend_schema(
        summary="督导空档",
        responses=SLOTS,
        parameters=[
            OpenApiParameter("from", str, description="moment or day; now if left out"),
            OpenApiParameter("to", str, description="moment or day; 14 days after `from` if left out, 62 at most"),
            OpenApiParameter("supervisor", str),
            OpenApiParameter("modality", str, enum=Modality.values),
            OpenApiParameter(
                "minutes", {"type": "integer", "minimum": 15, "maximum": 480}, description="60 if left out"
            ),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_SLOTS}),
            OpenApiParameter("offset", {"type": "integer", "minimum": 0, "maximum": 1_000_000}),
        ],
    )
    def get(self, request: Request) -> Response:
        question = SlotsQuestion(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked, now = question.validated_data, timezone.now()
        start = max(asked.get("from", now), now)
        end = asked.get("to") or start + dt.timedelta(days=14)
        if end - start > FARTHEST:
            raise serializers.ValidationError({"to": [_("一次最多查 62 天。")]})
        ids = None
        if "supervisor" in asked:
            ids = [one.pk for one in queries.active_supervisors().filter(ref=asked["supervisor"])]
        length = dt.timedelta(minutes=asked["minutes"])
        found = (
            free_slots(start, end, length=length, supervisors=ids, modality=asked.get("modality", ""))
            if end > start
            else []
        )
        first, limit = asked["offset"], asked["limit"]
        return Response(
            {
                "results": [slot_shape(slot) for slot in found[first : first + limit]],
                "next": _page(request, first + limit) if first + limit < len(found) else None,
                "previous": _page(request, max(first - limit, 0)) if first else None,
            }
        )


def _page(request: Request, offset: int) -> str:
    return str(replace_query_param(plain_address(request), "offset", offset))


class BookingRequestSerializer(Body):
    supervisor = serializers.CharField(max_length=16)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    station = serializers.CharField(max_length=30, help_text="code or ref of one of the agency's stations")
    attendees = People(required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.INDIVIDUAL)
    function = serializers.ChoiceField(choices=Function.choices, default=Function.EDUCATIONAL)
    modality = serializers.ChoiceField(choices=Modality.choices, required=False)
    topic = serializers.CharField(max_length=100, allow_blank=True, default="")


class Bookings(generics.ListAPIView[Booking]):
    """The agency's bookings, newest first."""

    permission = {"GET": Permission.STATION_VIEW, "HEAD": Permission.STATION_VIEW, "*": Permission.SUPERVISION_BOOK}
    serializer_class = BookingSerializer
    pagination_class = BookingCursor
    queryset = Booking.objects.none()

    def get_queryset(self) -> BookingQuerySet:
        return access.agency_bookings().shown().prefetch_related("attendees")

    @extend_schema(summary="预约督导", request=BookingRequestSerializer, responses={201: BookingSerializer})
    @once
    def post(self, request: Request) -> Response:
        asked = BookingRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = dict(asked.validated_data)
        supervisor = queries.active_supervisors().filter(ref=data.pop("supervisor")).first()
        if supervisor is None:
            raise serializers.ValidationError({"supervisor": [_("没有这位督导。")]})
        wanted = _request(data)
        made = booking_actions.book(
            supervisor=supervisor, request=wanted, now=clock.now(), by=access.person(request._request)
        )
        return Response(BookingSerializer(made).data, status=status.HTTP_201_CREATED)


def _request(data: dict[str, Any]) -> booking_actions.Request:
    """Return what is asked for, with the station found and the people known.

    :raises ValidationError: for a station or person that is not this agency's.
    """
    named = data.pop("station")
    station = next((one for one in access.open_stations() if named in (one.code, one.ref)), None)
    if station is None:
        raise serializers.ValidationError({"station": [_("没有这个站点。")]})
    who = data.pop("attendees", 0)
    people = [] if isinstance(who, int) else access.among(access.members(current_slug()), who)
    if people is None:
        raise serializers.ValidationError({"attendees": [_("有人不是本机构的成员。")]})
    return booking_actions.Request(
        tenant=current_slug(),
        station=station.code,
        station_name=station.name,
        region=station.region,
        attendees=people,
        heads=who if isinstance(who, int) else 0,
        **data,
    )


class ReasonSerializer(Body):
    reason = serializers.CharField(max_length=200)


class BookingCancel(APIView):
    permission = Permission.SUPERVISION_BOOK

    @extend_schema(summary="取消预约", request=ReasonSerializer, responses=BookingSerializer)
    def post(self, request: Request, ref: str) -> Response:
        http: HttpRequest = request._request
        booking = access.get_booking(http, ref)
        access.require_cancel(http, booking)
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = booking_actions.cancel(
            booking=booking, reason=asked.validated_data["reason"], now=clock.now(), by=access.person(http)
        )
        return Response(BookingSerializer(done).data)
