"""Programmes for programs: GET /api/v1/programmes/ and /programmes/{key}/, for anyone."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.programs.cursors import SLICE_PARAMETERS, sliced
from programmes import door
from programmes.shapes import DECIDED_BY, SCOPES


class IndicatorSerializer(serializers.Serializer[Any]):
    """A row of the tree; groups have no method, lines marked by hand no measure."""

    code = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    title = serializers.CharField()
    level = serializers.IntegerField()
    max_score = serializers.DecimalField(max_digits=6, decimal_places=2)
    method = serializers.CharField(allow_null=True)
    measure = serializers.CharField(allow_null=True)
    per = serializers.CharField(allow_null=True)
    target = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    rule = serializers.CharField(allow_blank=True)
    clause = serializers.CharField()
    sample = serializers.BooleanField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        return {**shown, **{name: shown[name] or None for name in ("parent", "method", "measure", "per")}}


class GradeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    lower = serializers.DecimalField(max_digits=6, decimal_places=2)
    consequence = serializers.CharField(allow_blank=True)
    clause = serializers.CharField()


class VetoSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    clause = serializers.CharField()
    sample = serializers.BooleanField()


class StaffingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    measure = serializers.CharField()
    per = serializers.CharField(allow_blank=True)
    at_least = serializers.DecimalField(max_digits=12, decimal_places=2)
    clause = serializers.CharField()
    sample = serializers.BooleanField()


class ServiceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    measure = serializers.CharField()
    clause = serializers.CharField()


class ProvisionSerializer(serializers.Serializer[Any]):
    """A number of the policy; `value` as text. `scope` of a person's yearly cap: all of an agency's funds, or each."""

    code = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    clause = serializers.CharField()
    is_enforced = serializers.BooleanField(help_text="whether the platform acts on it")
    scope = serializers.ChoiceField(choices=["", *SCOPES], allow_blank=True)


class StepSerializer(serializers.Serializer[Any]):
    """A step of a fund's approval ladder; `up_to` yuan as text, null for any amount."""

    code = serializers.CharField()
    title = serializers.CharField()
    decided_by = serializers.ChoiceField(choices=DECIDED_BY)
    up_to = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    clause = serializers.CharField()
    sample = serializers.BooleanField()


class ChoiceSerializer(serializers.Serializer[Any]):
    """A rule of publication in a word: what the public sees of a score, and which scores can be appealed."""

    code = serializers.CharField()
    title = serializers.CharField()
    choice = serializers.CharField()
    clause = serializers.CharField()


class ProvisionsField(serializers.DictField):
    """A section's provisions by code."""

    child = ProvisionSerializer()

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {row.code: ProvisionSerializer(row).data for row in value}


class ProgrammeSerializer(serializers.Serializer[Any]):
    """`key` names the programme, `digest` its edition. Of `kind` funds are rules of charity funds: no indicators."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["evaluation", "funds"])
    title = serializers.CharField()
    region = serializers.CharField()
    year = serializers.IntegerField()
    digest = serializers.CharField()
    total = serializers.DecimalField(max_digits=6, decimal_places=2)
    rounding = serializers.CharField()
    sample = serializers.BooleanField()
    issuer = serializers.CharField()
    document = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    indicators = IndicatorSerializer(many=True)
    grades = GradeSerializer(many=True)
    vetoes = VetoSerializer(many=True)
    staffing = StaffingSerializer(many=True)
    services = ServiceSerializer(many=True)
    supervision = ProvisionsField()
    funds = ProvisionsField()
    disclosure = ProvisionsField()
    ladder = StepSerializer(many=True)
    publication = ProvisionsField()
    choices = ChoiceSerializer(many=True)


class ProgrammePage(serializers.Serializer[Any]):
    results = ProgrammeSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class Programmes(APIView):
    """The newest edition of every programme: those that score stations, then the rules of charity funds."""

    permission = None

    @extend_schema(
        operation_id="programmes_list", summary="评估方案", parameters=SLICE_PARAMETERS, responses=ProgrammePage
    )
    def get(self, request: Request) -> Response:
        rows, links = sliced(request, [*door.programmes(), *door.programmes(kind="funds")])
        return Response({"results": ProgrammeSerializer(rows, many=True).data, **links})


class OneProgramme(APIView):
    """One programme: its newest edition, or the one with ?digest=."""

    permission = None

    @extend_schema(
        summary="一个评估方案",
        parameters=[OpenApiParameter("digest", str, description="SHA-256 of the edition that a contract pins")],
        responses=ProgrammeSerializer,
    )
    def get(self, request: Request, key: str) -> Response:
        try:
            found = door.programme(key, request.query_params.get("digest", ""))
        except door.UnknownProgramme:
            raise Http404 from None
        return Response(ProgrammeSerializer(found).data)
