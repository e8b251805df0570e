"""Contracts for the officer's programs: contracts, scorecards, evidence, rankings."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_of, area_prefix
from accounts.permissions import Permission
from common import clock
from common.programs.cursors import SLICE_PARAMETERS, Cursor, sliced
from contracts import queries
from contracts.access import contracts_of, get_contract
from contracts.models import Contract, ScoreSheet
from contracts.publishing.queries import sheets_of
from contracts.ranking import periods
from contracts.ranking.queries import ranking
from contracts.serializers import (
    ContractSerializer,
    FactSerializer,
    RankPage,
    ScorecardSerializer,
    SheetSerializer,
)
from directory import door as directory
from evaluation.models import Fact
from programmes import door as programmes

AS_OF = OpenApiParameter("as_of", dt.date, description="the last day that counts; today if not given")


class DayQuestion(serializers.Serializer[None]):
    as_of = serializers.DateField(required=False)


class RankingQuestion(serializers.Serializer[None]):
    """`period` is a year, quarter or month: 2026, 2026-Q3, 2026-07; `region` a division code."""

    programme = serializers.CharField(required=False, max_length=40)
    period = serializers.RegexField(r"^20[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$", required=False)
    region = serializers.RegexField(r"^([0-9]{6}|[0-9]{9})$", required=False)


def asked_day(request: Request, contract: Contract) -> dt.date:
    """Return the day that is asked for: not after today and not after the contract's last day.

    :raises ValidationError: (400) if it is no date.
    """
    question = DayQuestion(data=request.query_params.dict())
    question.is_valid(raise_exception=True)
    today = timezone.localdate()
    return queries.last_day(contract, min(question.validated_data.get("as_of", today), today))


class ContractCursor(Cursor):
    ordering = ("-starts_on", "id")


class Contracts(generics.ListAPIView[Contract]):
    """The contracts of the person's areas."""

    permission = Permission.CONTRACT_VIEW
    serializer_class = ContractSerializer
    pagination_class = ContractCursor
    queryset = Contract.objects.none()

    def get_queryset(self) -> QuerySet[Contract]:
        return queries.loaded(contracts_of(access_of(self.request._request))).prefetch_related("parties")

    @extend_schema(summary="购买合同")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: list[Contract] = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(ContractSerializer(with_scores(page), many=True).data)


class OneContract(APIView):
    permission = Permission.CONTRACT_VIEW

    @extend_schema(summary="一份购买合同", responses=ContractSerializer)
    def get(self, request: Request, ref: str) -> Response:
        contract = get_contract(request._request, ref, Permission.CONTRACT_VIEW)
        return Response(ContractSerializer(with_scores([contract])[0]).data)


class OneScorecard(APIView):
    permission = Permission.SCORE_VIEW

    @extend_schema(summary="评分表", parameters=[AS_OF], responses=ScorecardSerializer)
    def get(self, request: Request, ref: str) -> Response:
        contract = get_contract(request._request, ref, Permission.SCORE_VIEW)
        card = queries.scorecard(contract, asked_day(request, contract))
        return Response(ScorecardSerializer(card, context={"contract": contract}).data)


class SheetCursor(Cursor):
    ordering = ("-as_of", "-version")


@extend_schema(summary="公布的得分")
class Sheets(generics.ListAPIView[ScoreSheet]):
    """The published scores of a contract, every version, the newest first."""

    permission = Permission.SCORE_VIEW
    serializer_class = SheetSerializer
    pagination_class = SheetCursor
    queryset = ScoreSheet.objects.none()

    def get_queryset(self) -> QuerySet[ScoreSheet]:
        return sheets_of(get_contract(self.request._request, self.kwargs["ref"], Permission.SCORE_VIEW))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": clock.now()}


class EvidenceCursor(Cursor):
    ordering = ("-occurred_on", "-id")


@extend_schema(summary="一项得分的依据", parameters=[AS_OF])
class Evidence(generics.ListAPIView[Fact]):
    """De-identified facts; never a person."""

    permission = Permission.SCORE_VIEW
    serializer_class = FactSerializer
    pagination_class = EvidenceCursor
    queryset = Fact.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        contract = get_contract(self.request._request, self.kwargs["ref"], Permission.SCORE_VIEW)
        code = self.kwargs["code"]
        rule = contract.edition.by_code.get(code)
        if rule is None or not rule.is_leaf:
            raise Http404
        return queries.evidence(contract, code, asked_day(self.request, contract))


class Rankings(APIView):
    """Stations of the person's areas by score; equal totals share a rank."""

    permission = Permission.RANKING_VIEW

    @extend_schema(summary="站点排名", parameters=[RankingQuestion, *SLICE_PARAMETERS], responses={200: RankPage})
    def get(self, request: Request) -> Response:
        question = RankingQuestion(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        asked, today, who = question.validated_data, timezone.localdate(), access_of(request._request)
        contracts = contracts_of(who)
        if region := asked.get("region"):
            contracts = contracts.filter(area__startswith=area_prefix(region))
        rows = ranking(
            contracts,
            programme=asked.get("programme") or next((one.key for one in programmes.programmes()), ""),
            period=periods.parse(asked.get("period") or f"{today:%Y-%m}"),
            districts={one.code: one.name for one in directory.districts(who.area_prefixes)},
            today=today,
        )
        page, links = sliced(request, rows)
        return Response(RankPage({"results": page, **links}).data)


def with_scores(contracts: list[Contract]) -> list[queries.Scored]:
    """Return the contracts with their progress and score of today, in two queries."""
    if not contracts:
        return []
    (scored,) = queries.scores(contracts, timezone.localdate(), verified=queries.confirmed(contracts))
    return scored
