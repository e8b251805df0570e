"""An agency's own scorecards for its programs: GET /api/v1/scorecards/?station=."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from common.programs.cursors import Cursor
from contracts import queries
from contracts.access import own_contracts
from contracts.models import Contract
from contracts.serializers import OwnScorecardSerializer
from evaluation.improvement import to_next_grade


class ScorecardCursor(Cursor):
    page_size = 20
    max_page_size = 50
    ordering = ("-starts_on", "id")


class Scorecards(generics.ListAPIView[Contract]):
    """The live scorecards of the agency's running contracts, with what would raise each grade."""

    permission = Permission.OWN_SCORE_VIEW
    pagination_class = ScorecardCursor
    serializer_class = OwnScorecardSerializer  # type: ignore[assignment]  # what is listed are contracts
    queryset = Contract.objects.none()

    @extend_schema(
        summary="本机构的评分表", parameters=[OpenApiParameter("station", str, description="code of a station")]
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        today = timezone.localdate()
        running = own_contracts().filter(starts_on__lte=today, ends_on__gte=today)
        if station := request.query_params.get("station", ""):
            running = running.filter(stations__code=station)
        page: list[Contract] = self.paginate_queryset(queries.loaded(running)) or []
        shown = []
        for contract in page:
            card = queries.scorecard(contract, today)
            context = {"contract": contract, "steps": to_next_grade(card)}
            shown.append(OwnScorecardSerializer(card, context=context).data)
        return self.get_paginated_response(shown)
