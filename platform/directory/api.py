"""Divisions for programs: GET /api/v1/regions/ on both hosts."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from common.programs.cursors import Cursor
from directory import queries
from directory.models import Region, RegionQuerySet


class RegionSerializer(serializers.ModelSerializer[Region]):
    class Meta:
        model = Region
        fields = ["code", "name", "full_name", "level", "parent"]


class RegionQuestion(serializers.Serializer[None]):
    """The query string of the list."""

    q = serializers.CharField(required=False, max_length=60)
    parent = serializers.RegexField(r"^\d{6}$|^\d{9}$", required=False)  # type: ignore[assignment]
    level = serializers.IntegerField(required=False, min_value=1, max_value=4)


class RegionCursor(Cursor):
    ordering = "code"


@extend_schema(
    summary="行政区划",
    parameters=[
        OpenApiParameter("q", str, description="name, full pinyin or initials"),
        OpenApiParameter("parent", str, description="code of the division above"),
        OpenApiParameter("level", int, enum=[1, 2, 3, 4]),
    ],
)
class Regions(generics.ListAPIView[Region]):
    permission = None
    serializer_class = RegionSerializer
    pagination_class = RegionCursor
    queryset = Region.objects.none()

    def get_queryset(self) -> RegionQuerySet:
        question = RegionQuestion(data=self.request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        return queries.regions(words=asked.get("q", ""), parent=asked.get("parent", ""), level=asked.get("level"))
