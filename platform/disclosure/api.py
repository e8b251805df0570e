"""Published notices for programs: GET /api/v1/disclosures/, for anyone."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.programs.cursors import Cursor
from directory import door as directory
from disclosure import queries
from disclosure.models import Notice, PublicFund


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """A grant on public notice: number, place, cause and amount; never a person."""

    agency = serializers.CharField(source="tenant", help_text="the agency's slug")
    fund_name = serializers.SerializerMethodField()
    place_name = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["ref", "agency", "fund", "fund_name", "number", "kind", "title", "cause", "place", "place_name",
                  "amount", "from_on", "to_on", "state"]  # fmt: skip
        extra_kwargs = {
            "fund": {"help_text": "the fund's ref"},
            "kind": {"help_text": "person, activity or service"},
            "place": {"help_text": "division code of the street, '' where it would tell who"},
            "amount": {"help_text": "yuan, two decimals"},
            "state": {"help_text": "running or ended"},
        }

    def get_fund_name(self, notice: Notice) -> str:
        return str(self.context["funds"].get(notice.fund, ""))

    def get_place_name(self, notice: Notice) -> str:
        found = self.context["places"].get(notice.place)
        return found.full_name if found else ""


class DisclosureQuestion(serializers.Serializer[None]):
    """The query string of the list."""

    agency = serializers.SlugField(required=False, max_length=30)
    month = serializers.RegexField(
        r"^[12][0-9]{3}-(0[1-9]|1[0-2])$",
        required=False,
        error_messages={"invalid": _("月份写成 2026-11 这样。")},
    )


class NoticeCursor(Cursor):
    ordering = ("-from_on", "-id")


class Disclosures(generics.ListAPIView[Notice]):
    """Public notices of grants, running and ended, the latest first; those taken down are left out."""

    permission = None
    serializer_class = NoticeSerializer
    pagination_class = NoticeCursor
    queryset = Notice.objects.none()

    def get_queryset(self) -> "QuerySet[Notice]":
        question = DisclosureQuestion(data=self.request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        month = dt.date.fromisoformat(f"{asked['month']}-01") if asked.get("month") else None
        return queries.published_notices(agency=asked.get("agency", ""), month=month)

    @extend_schema(
        summary="资助公示",
        parameters=[
            OpenApiParameter("agency", str, description="an agency's slug"),
            OpenApiParameter("month", str, description="YYYY-MM: notices that began in this month"),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: list[Notice] = self.paginate_queryset(self.get_queryset()) or []
        known = PublicFund.objects.filter(fund__in={notice.fund for notice in page})
        context = {
            "funds": dict(known.values_list("fund", "name")),
            "places": directory.regions(notice.place for notice in page if notice.place),
        }
        return self.get_paginated_response(NoticeSerializer(page, many=True, context=context).data)
