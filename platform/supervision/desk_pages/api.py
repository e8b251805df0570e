"""Supervision for programs on the shared host: a supervisor's offers and sessions."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from api_access.idempotency import once
from common import clock
from common.programs.cursors import Cursor
from common.programs.serializers import Body
from supervision import access
from supervision.availability import actions as offers
from supervision.bookings import answers
from supervision.models import Availability, Booking, BookingQuerySet
from supervision.serializers import BookingCursor, BookingSerializer, People


class AvailabilitySerializer(serializers.ModelSerializer[Availability]):
    rrule = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    capacity = serializers.IntegerField(min_value=1, max_value=50, default=1)

    class Meta:
        model = Availability
        fields = ["ref", "starts_at", "ends_at", "rrule", "modality", "capacity"]
        read_only_fields = ["ref"]


class AvailabilityCursor(Cursor):
    ordering = ("starts_at", "pk")


class Availabilities(generics.ListCreateAPIView[Availability]):
    permission = Permission.AVAILABILITY_OFFER
    serializer_class = AvailabilitySerializer
    pagination_class = AvailabilityCursor
    queryset = Availability.objects.none()

    def get_queryset(self) -> Any:
        return Availability.objects.filter(supervisor__user=self.request.user.pk)

    @extend_schema(summary="开放时间")
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        profile = access.kept_profile(request._request)
        made = offers.offer_availability(supervisor=profile, **asked.validated_data, now=clock.now(), by=profile.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class AvailabilityDetail(APIView):
    permission = Permission.AVAILABILITY_OFFER

    @extend_schema(summary="收回开放时间", responses={204: None})
    def delete(self, request: Request, ref: str) -> Response:
        found = access.get_availability(request._request, ref)
        offers.withdraw_availability(availability=found, by=access.person(request._request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Sessions(generics.ListAPIView[Booking]):
    """The signed-in supervisor's sessions, newest first."""

    permission = Permission.DESK_VIEW
    serializer_class = BookingSerializer
    pagination_class = BookingCursor
    queryset = Booking.objects.none()

    def get_queryset(self) -> BookingQuerySet:
        return access.own_sessions(self.request._request).shown().prefetch_related("attendees")


class CompletionSerializer(Body):
    minutes = serializers.IntegerField(min_value=1, max_value=960)
    summary = serializers.CharField(max_length=4000, allow_blank=True, default="")
    attendees = People(required=False)


class SessionComplete(APIView):
    permission = Permission.SESSION_COMPLETE

    @extend_schema(summary="完成督导", request=CompletionSerializer, responses=BookingSerializer)
    @once
    def post(self, request: Request, ref: str) -> Response:
        booking = access.get_session(request._request, ref, Permission.SESSION_COMPLETE)
        asked = CompletionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        who = asked.validated_data.pop("attendees", None)
        came = None if who is None or isinstance(who, int) else access.among(access.members(booking.tenant), who)
        if isinstance(who, list) and came is None:
            raise serializers.ValidationError({"attendees": [_("有人不是这家机构的成员。")]})
        done = answers.complete(
            booking=booking,
            **asked.validated_data,
            attendees=came,
            heads=who if isinstance(who, int) else 0,
            now=clock.now(),
            by=access.person(request._request),
        )
        return Response(BookingSerializer(done).data)
