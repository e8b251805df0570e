"""How contracts and scores are shown to programs; the field names are a promise."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.models import Contract, ScoreSheet
from contracts.publishing.queries import SheetState, state_of
from contracts.scoring.pseudonyms import pseudonym
from evaluation.improvement import Step
from evaluation.models import Fact
from evaluation.scoring import Line, Scorecard


def points(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=6, decimal_places=2, **options)


def quantity(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, **options)


class PartySerializer(serializers.Serializer[Any]):
    role = serializers.CharField()
    organisation = serializers.CharField()


class StationSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField()


class DeliverableSerializer(serializers.Serializer[Any]):
    """`due` is what should be done by today; `verified` what a published score has confirmed."""

    measure = serializers.CharField(source="measure.code")
    target = quantity()
    done = quantity()
    verified = quantity()
    due = quantity()


class ContractSerializer(serializers.Serializer[Any]):
    """`digest` pins the edition of the programme; `amount` in yuan. What is not known yet may raise `total` to
    `at_most`."""

    ref = serializers.CharField(source="contract.ref")
    number = serializers.CharField(source="contract.number")
    title = serializers.CharField(source="contract.title")
    programme = serializers.CharField(source="contract.programme")
    digest = serializers.CharField(source="contract.digest")
    agency = serializers.CharField(source="contract.provider.name")
    area = serializers.CharField(source="contract.area")
    parties = PartySerializer(source="contract.parties.all", many=True)
    stations = StationSerializer(source="contract.stations.all", many=True)
    amount = serializers.DecimalField(source="contract.amount", max_digits=14, decimal_places=2)
    starts_on = serializers.DateField(source="contract.starts_on")
    ends_on = serializers.DateField(source="contract.ends_on")
    state = serializers.ChoiceField(Contract.State.choices)
    deliverables = DeliverableSerializer(source="progress", many=True)
    total = points()
    at_most = points(source="result.standing.at_most")
    grade = serializers.SerializerMethodField()

    def get_grade(self, scored: Any) -> str:
        """The grade's name; empty until enough is known to name one."""
        return scored.grade.name if scored.grade else ""


class InputSerializer(serializers.Serializer[Any]):
    measure = serializers.CharField(source="measure.code")
    title = serializers.CharField(source="measure.title")
    unit = serializers.CharField(source="measure.unit")
    value = quantity(allow_null=True)


class LineSerializer(serializers.Serializer[Line]):
    """`score` adds up to the total. A `pending` line adds 0.00 because nothing is known yet; `reason` says what is."""

    code = serializers.CharField(source="indicator.code")
    parent = serializers.CharField(source="indicator.parent")  # type: ignore[assignment]
    title = serializers.CharField(source="indicator.title")
    max_score = points(source="indicator.max_score")
    score = points(source="points")
    pending = serializers.BooleanField(source="is_pending")
    state = serializers.ChoiceField(["scored", "not_begun", "unrecorded", "unmarked"])
    method = serializers.CharField(source="indicator.method")
    rule = serializers.CharField(source="indicator.rule")
    clause = serializers.CharField(source="indicator.clause")
    inputs = InputSerializer(many=True)
    target = quantity(allow_null=True)
    reason = serializers.CharField()
    evidence_count = serializers.IntegerField()


class GroupSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    parent = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    title = serializers.CharField()
    max_score = points()
    score = points()


class VetoFoundSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    clause = serializers.CharField()


class ScorecardSerializer(serializers.Serializer[Scorecard]):
    """The context names the contract."""

    contract = serializers.SerializerMethodField()
    as_of = serializers.DateField()
    digest = serializers.CharField(source="programme.digest")
    total = points()
    at_most = points(source="standing.at_most")
    grade = serializers.SerializerMethodField()
    vetoes = VetoFoundSerializer(many=True)
    lines = LineSerializer(many=True)
    groups = serializers.SerializerMethodField()

    def get_grade(self, card: Scorecard) -> str:
        """The grade's name; empty until enough is known to name one."""
        return card.standing.grade.name if card.standing.grade else ""

    def get_contract(self, card: Scorecard) -> str:
        return str(self.context["contract"].ref)

    @extend_schema_field(GroupSerializer(many=True))
    def get_groups(self, card: Scorecard) -> list[dict[str, Any]]:
        groups = [one for one in card.programme.indicators if not one.is_leaf]
        rows = [
            {
                "code": one.code,
                "parent": one.parent,
                "title": one.title,
                "max_score": one.max_score,
                "score": card.subtotals[one.code],
            }
            for one in groups
        ]
        return [dict(row) for row in GroupSerializer(rows, many=True).data]


class StepSerializer(serializers.Serializer[Step]):
    """`enough` says that this step alone reaches the next grade."""

    code = serializers.CharField()
    title = serializers.CharField()
    gain = points()
    how = serializers.CharField()
    enough = serializers.BooleanField()


class OwnScorecardSerializer(ScorecardSerializer):
    """The agency's own: the same, with what would raise the grade."""

    number = serializers.SerializerMethodField()
    stations = serializers.SerializerMethodField()
    to_next_grade = serializers.SerializerMethodField()

    def get_number(self, card: Scorecard) -> str:
        return str(self.context["contract"].number)

    def get_stations(self, card: Scorecard) -> list[str]:
        return [station.code for station in self.context["contract"].stations.all()]

    @extend_schema_field(StepSerializer(many=True))
    def get_to_next_grade(self, card: Scorecard) -> list[dict[str, Any]]:
        return [dict(row) for row in StepSerializer(self.context["steps"], many=True).data]


class SheetSerializer(serializers.Serializer[ScoreSheet]):
    """A version of a published score. `digest` is the SHA-256 of its file; `state` is that of this moment (`now`)."""

    ref = serializers.CharField()
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    replaces = serializers.CharField(source="replaces.ref", default=None, allow_null=True)
    state = serializers.SerializerMethodField()
    total = points()
    grade = serializers.CharField(source="grade_name")
    digest = serializers.CharField()
    published_at = serializers.DateTimeField()
    notice_until = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True)
    correction_reason = serializers.CharField(allow_blank=True)
    changes = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    @extend_schema_field(serializers.ChoiceField(choices=SheetState.choices))
    def get_state(self, sheet: ScoreSheet) -> str:
        return state_of(sheet, self.context["now"]).value


class FactSerializer(serializers.ModelSerializer[Fact]):
    """A de-identified number: what, when, how much, where, and the opaque row that said it.

    `person` is a name that stands for one person throughout this contract, to count people by; empty for nobody.
    """

    person = serializers.SerializerMethodField()

    def get_person(self, fact: Fact) -> str:
        contract = self.context["view"].kwargs["ref"]
        return pseudonym(contract, fact.subject_key) if fact.subject_key else ""

    class Meta:
        model = Fact
        fields = ["measure", "occurred_on", "recorded_on", "quantity", "station", "source", "person"]


class RankSerializer(serializers.Serializer[Any]):
    rank = serializers.IntegerField()
    station = serializers.CharField()
    station_code = serializers.CharField()
    region = serializers.CharField()
    district = serializers.CharField(allow_blank=True)
    district_rank = serializers.IntegerField()
    agency = serializers.CharField()
    contract = serializers.CharField()
    total = points()
    grade = serializers.CharField(source="grade_name")
    change = points(allow_null=True)


class RankPage(serializers.Serializer[Any]):
    results = RankSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
