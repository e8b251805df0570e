"""The shapes of supervision in the API that both hosts share."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.programs.cursors import Cursor
from common.programs.serializers import clean_text
from supervision.models import Booking


@extend_schema_field(
    {
        "oneOf": [
            {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": 50},
            {"type": "integer", "minimum": 0, "maximum": 50},
        ]
    }
)
class People(serializers.Field):  # type: ignore[type-arg]  # takes two shapes
    """Who comes: refs (or usernames) of the agency's members, or just how many."""

    def to_internal_value(self, data: Any) -> list[str] | int:
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= 50:
            return data
        if (
            isinstance(data, list)
            and len(data) <= 50
            and all(isinstance(name, str) and len(name) <= 60 for name in data)
        ):
            return [clean_text(name) for name in data]
        raise serializers.ValidationError(_("请给出成员的编号清单，或人数（0 到 50）。"))

    def to_representation(self, value: Any) -> Any:
        return [person.ref for person in value.all()]


class BookingSerializer(serializers.ModelSerializer[Booking]):
    """A booking as both sides see it."""

    supervisor = serializers.CharField(source="supervisor.ref")
    supervisor_name = serializers.CharField(source="supervisor")
    starts_at = serializers.DateTimeField(source="during.lower")
    ends_at = serializers.DateTimeField(source="during.upper")
    attendees = People()

    class Meta:
        model = Booking
        fields = [
            "ref", "state", "supervisor", "supervisor_name", "starts_at", "ends_at", "tenant", "station",
            "station_name", "kind", "function", "topic", "modality", "attendees", "places", "minutes", "summary",
            "reason",
        ]  # fmt: skip


class BookingCursor(Cursor):
    ordering = "-pk"
