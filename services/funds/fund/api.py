"""Funds and donations for programs: GET/POST funds/, GET funds/{ref}/, POST funds/{ref}/donations/."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from api_access.idempotency import once
from common.programs.cursors import Cursor
from common.programs.serializers import Body, MoneyField, clean_text, refused_fields
from directory import door as directory
from services.funds.access import get_fund
from services.funds.donations import actions as donation_actions
from services.funds.fund import actions, queries
from services.funds.models import Campaign, Donation, Fund, Pledge
from services.funds.rules import offered, rules_of


class RulesSerializer(serializers.Serializer[Any]):
    """What one person may get in a year, and one activity, in yuan."""

    person_year_cap = MoneyField()
    activity_cap = MoneyField()


class FundSerializer(serializers.ModelSerializer[Fund]):
    """`balance` is all the fund has, of it `reserved` for grants, the rest `available`; yuan."""

    balance = MoneyField(source="balances.balance", read_only=True)
    reserved = MoneyField(source="balances.reserved", read_only=True)
    available = MoneyField(source="balances.available", read_only=True)
    rules = RulesSerializer(read_only=True)
    host = serializers.CharField(source="custodian", read_only=True)

    class Meta:
        model = Fund
        fields = ["ref", "code", "name", "host", "area", "state", "opened_on", "closed_on", "balance", "reserved",
                  "available", "rules"]  # fmt: skip


def with_balances(funds: list[Fund]) -> list[Fund]:
    """Put on each fund what it has and what it is under: one query for all."""
    balances = queries.balances_of(funds)
    for fund in funds:
        fund.balances = balances[fund.pk]  # type: ignore[attr-defined]
        fund.rules = rules_of(fund.programme, fund.digest)  # type: ignore[attr-defined]
    return funds


class NewFund(Body):
    """`code` is the next free one, `opened_on` today, `opening_amount` what the rules ask, unless said otherwise."""

    name = serializers.CharField(max_length=60)
    host = serializers.CharField(max_length=100)
    code = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    area = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    purpose_text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    programme = serializers.CharField(max_length=40, required=False)
    opened_on = serializers.DateField(required=False)
    opening_amount = MoneyField(required=False, allow_null=True, default=None)

    def validate_area(self, value: str) -> str:
        if value and not directory.regions([value]):
            raise serializers.ValidationError(_("没有这个区划代码。"))
        return value

    def validate_programme(self, value: str) -> str:
        if value not in dict(offered()):
            raise serializers.ValidationError(_("没有这套规则。"))
        return value


class FundCursor(Cursor):
    ordering = ("code", "id")


class Funds(generics.ListAPIView[Fund]):
    permission = {"GET": Permission.FUND_VIEW, "POST": Permission.FUND_MANAGE}
    serializer_class = FundSerializer
    pagination_class = FundCursor

    def get_queryset(self) -> QuerySet[Fund]:
        return Fund.objects.all()

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return page if page is None else with_balances(list(page))

    @extend_schema(summary="设立基金", request=NewFund, responses={201: FundSerializer})
    def post(self, request: Request) -> Response:
        form = NewFund(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        said: dict[str, Any] = form.validated_data
        today, by = timezone.localdate(), request.user
        new = actions.NewFund(
            name=said["name"], custodian=said["host"], programme=said.get("programme") or offered()[0][0],
            opened_on=said.get("opened_on") or today, code=said["code"].upper(), area=said["area"],
            purpose_text=said["purpose_text"], opening=said["opening_amount"],
        )  # fmt: skip
        agency = str(getattr(request._request, "tenant_name", ""))
        try:
            fund = actions.open_fund(new=new, agency=agency, today=today, by=by)  # type: ignore[arg-type]
        except actions.CannotKeepFund as refusal:
            raise refused_fields(
                {("opening_amount" if name == "opening" else name): why for name, why in refusal.fields.items()}
            ) from None
        return Response(FundSerializer(with_balances([fund])[0]).data, status=201)


class OneFund(APIView):
    permission = {"GET": Permission.FUND_VIEW}

    @extend_schema(summary="基金", responses={200: FundSerializer})
    def get(self, request: Request, ref: str) -> Response:
        fund = get_fund(request._request, ref, Permission.FUND_VIEW)
        return Response(FundSerializer(with_balances([fund])[0]).data)


class DonationSerializer(serializers.ModelSerializer[Donation]):
    """A donation as it was recorded; `entry` is its number in the books."""

    fund = serializers.SlugRelatedField(slug_field="ref", read_only=True)  # type: ignore[var-annotated]
    purpose = serializers.SlugRelatedField(slug_field="ref", read_only=True)  # type: ignore[var-annotated]
    campaign = serializers.SlugRelatedField(slug_field="ref", read_only=True, allow_null=True)  # type: ignore[var-annotated]
    entry = serializers.SlugRelatedField(slug_field="number", read_only=True)  # type: ignore[var-annotated]
    amount = MoneyField()

    class Meta:
        model = Donation
        fields = ["ref", "fund", "donor", "giver", "is_named", "kind", "amount", "purpose", "campaign", "goods",
                  "valuation", "received_on", "reference", "entry"]  # fmt: skip


class NewDonation(Body):
    """`purpose` and `campaign` are refs or names; the general purpose if left out.

    Without `giver` it is a person's, or anonymous if there is no donor.
    """

    donor = serializers.CharField(max_length=100, required=False, allow_blank=True, trim_whitespace=False, default="")
    giver = serializers.ChoiceField(Donation.Giver.choices, required=False)
    is_named = serializers.BooleanField(required=False, default=False)
    amount = MoneyField()
    kind = serializers.ChoiceField(Donation.Kind.choices, required=False, default=Donation.Kind.CASH)
    purpose = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    campaign = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    pledge = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
    goods = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    valuation = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    received_on = serializers.DateField(required=False)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class Donations(APIView):
    permission = {"POST": Permission.FUND_KEEP}

    @extend_schema(
        summary="登记捐赠",
        request=NewDonation,
        responses={201: DonationSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    @once
    def post(self, request: Request, ref: str) -> Response:
        fund = get_fund(request._request, ref, Permission.FUND_KEEP)
        form = NewDonation(data=request.data, context={"request": request._request})
        form.is_valid(raise_exception=True)
        try:
            made = donation_actions.record_donation(
                fund=fund, gift=_gift(fund, form.validated_data), today=timezone.localdate(),
                by=request.user,  # type: ignore[arg-type]
            )  # fmt: skip
        except donation_actions.CannotDonate as refusal:
            raise refused_fields(refusal.fields) from None
        return Response(DonationSerializer(made).data, status=201)


def _gift(fund: Fund, said: dict[str, Any]) -> donation_actions.Gift:
    named = said["donor"].strip() != ""
    purpose = _found(fund.purposes.all(), said["purpose"], "purpose") or fund.purposes.get(is_restricted=False)
    campaign: Campaign | None = _found(fund.campaigns.select_related("purpose"), said["campaign"], "campaign")
    pledges = Pledge.objects.filter(campaign=campaign) if campaign else Pledge.objects.none()
    usual = Donation.Giver.PERSON if named else Donation.Giver.ANONYMOUS
    amount: Decimal = said["amount"]
    return donation_actions.Gift(
        kind=said["kind"], giver=said.get("giver") or usual, donor=said["donor"] if named else "",
        is_named=said["is_named"], amount=amount, goods=said["goods"], valuation=said["valuation"],
        purpose=campaign.purpose if campaign and not said["purpose"] else purpose, campaign=campaign,
        pledge=_found(pledges, said["pledge"], "pledge"), received_on=said.get("received_on") or timezone.localdate(),
        reference=said["reference"],
    )  # fmt: skip


def _found(rows: "QuerySet[Any]", said: str, field: str) -> Any:
    """Return the row with this ref or name, None if nothing was said.

    :raises ValidationError: if there is none.
    """
    if not clean_text(said):
        return None
    by_name = rows.none() if rows.model is Pledge else rows.filter(name=said)
    found = rows.filter(ref=said).first() or by_name.first()
    if found is None:
        raise serializers.ValidationError({field: _("没有找到。")})
    return found
