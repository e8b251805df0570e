from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, F
from django.utils import timezone

from accounts.models import User
from common.dates import local_day
from config.demo import seeding
from config.demo.cast import AGENCIES, CHARITY_AGENCY, accounts
from config.demo.purchase import buying, marking
from contracts import queries
from contracts.models import Appeal, Contract, Mark
from directory.models import Organisation, StationListing
from disclosure import queries as queries_of_funds
from disclosure.models import Movement
from evaluation.models import Fact
from evaluation.scoring import Scorecard
from services.clients.models import Client, Household
from services.funds.fund.queries import balances
from services.funds.models import BankLine, Donation, Fund, Receipt
from services.funds.reports import actions as report_actions
from services.funds.reports import figures
from services.grants.guards import limits
from services.grants.models import Application
from services.ledger import verification
from services.ledger.models import Entry
from services.records import actions as records
from services.records.models import ServiceRecord
from services.records.rules import NEEDS_PEOPLE
from services.rights.models import PersonRequest
from services.volunteers.models import HourRecord
from supervision.models import Booking, Supervisor
from supervision.words import State
from tenants.models import Tenant
from tenants.running import each_tenant, in_public, in_tenant


@pytest.fixture
def seeded(demo: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), in_public():
        yield


@pytest.mark.usefixtures("seeded")
def test_a_year_of_jinan() -> None:
    counts: Counter[str] = Counter()
    for tenant in each_tenant():
        if tenant.slug in {agency.slug for agency in AGENCIES}:
            for model in (ServiceRecord, Client, Household):
                counts[model.__name__] += model.objects.count()

    assert counts["ServiceRecord"] >= 20_000
    assert counts["Client"] >= 2_000
    assert StationListing.objects.filter(level="station", tenant__in=[one.slug for one in AGENCIES]).count() == 161
    assert (Supervisor.objects.count(), Organisation.objects.filter(kind="university").count()) == (23, 8)
    assert set(Booking.objects.values_list("state", flat=True)) == {State.COMPLETED, State.CONFIRMED, State.REQUESTED}
    assert {account.username for account in accounts()} <= set(User.objects.values_list("username", flat=True))
    on_the_live_score = Appeal.objects.filter(sheet=None)
    assert sorted(on_the_live_score.values_list("state", flat=True)) == ["accepted", "kept", "open", "open"]
    assert set(Appeal.objects.exclude(sheet=None).values_list("state", flat=True)) == {"accepted", "kept"}
    assert seeding.is_seeded()
    _scores_spread()
    _facts_are_those_of_the_acts()
    _funds_are_in_order()
    _again_changes_nothing()


@pytest.mark.usefixtures("seeded")
def test_nothing_happened_later_than_now() -> None:
    now = timezone.now()
    today = local_day(now)
    assert not Booking.objects.filter(state=State.COMPLETED, during__endswith__gt=now).exists()
    assert not Mark.objects.filter(dated__gt=today).exists()
    assert not Fact.objects.filter(occurred_on__gt=today).exists()
    for tenant in each_tenant():
        assert not ServiceRecord.objects.filter(during__endswith__gt=now).exists(), tenant
        assert not ServiceRecord.objects.filter(recorded_at__gt=now).exists(), tenant
        assert not ServiceRecord.objects.filter(recorded_at__lt=F("held_at")).exists(), tenant
        assert not HourRecord.objects.filter(served_on__gt=today).exists(), tenant
        assert not Entry.objects.filter(occurred_on__gt=today).exists(), tenant
        assert not Donation.objects.filter(received_on__gt=today).exists(), tenant


@pytest.mark.usefixtures("seeded")
def test_no_reason_contradicts_its_mark() -> None:
    """The evaluator's marks carry one of the reasons for just so many points; the officer's say what was seen."""
    fits = Counter[str]()
    for mark in Mark.objects.filter(contract__programme=buying.PROGRAMME).select_related("contract"):
        rule = mark.contract.edition.by_code.get(mark.code)
        if rule is None or mark.points is None:
            continue  # a veto
        if rule.method == "bonus":
            assert mark.reason == (marking.REASON_BONUS if mark.points else marking.REASON_NO_BONUS)
        elif mark.party == "evaluator" and mark.withdrawal == "":
            share = mark.points / rule.max_score
            tier = "full" if share == 1 else "good" if share >= Decimal("0.7") else "poor"
            reasons = {"full": marking.REASONS_FULL, "good": marking.REASONS_GOOD, "poor": marking.REASONS_POOR}
            assert mark.reason in reasons[tier], (mark.code, mark.points, mark.reason)
            fits[tier] += 1
    assert min(fits["full"], fits["good"], fits["poor"]) > 50


@pytest.mark.usefixtures("seeded")
def test_every_group_had_somebody_in_it() -> None:
    for tenant in each_tenant():
        came = ServiceRecord.objects.filter(kind__in=NEEDS_PEOPLE, others=0, attendances=None)
        assert not came.exists(), tenant


def _scores_spread() -> None:
    contracts = list(queries.loaded(Contract.objects.filter(programme="jinan").order_by("number")))
    [scored] = queries.scores(contracts, local_day(timezone.now()))
    totals = [one.result.total for one in scored]
    grades = Counter(one.result.grade.code for one in scored)

    assert len(contracts) == 161
    assert set(grades) == {"excellent", "good", "pass", "fail"}
    assert min(grades.values()) >= 8
    assert len(set(totals)) < len(totals), "some stations share a rank"
    card: Scorecard = queries.scorecard(contracts[3], local_day(timezone.now()))
    assert card.total == totals[3]


def _facts_are_those_of_the_acts() -> None:
    tenant = Tenant.objects.get(slug=AGENCIES[1].slug)
    with in_tenant(tenant):
        counted = ServiceRecord.objects.filter(state=ServiceRecord.State.COUNTED)
        some = counted.select_related("site__parent").order_by("ref")[:40]
        assert ServiceRecord.objects.filter(state=ServiceRecord.State.WAITING).exists()
        told = [fact for one in some for fact in records.facts(one, list(one.attendances.select_related("client")))]
    kept = set(Fact.objects.filter(tenant=tenant.slug).values_list("measure", "source", "quantity", "subject_key"))

    assert {(one.measure, one.source, one.quantity, one.subject) for one in told} <= kept


def _funds_are_in_order() -> None:
    tenant = Tenant.objects.get(slug=CHARITY_AGENCY)
    today = local_day(timezone.now())
    with in_tenant(tenant):
        older, young = Fund.objects.select_related("book").order_by("opened_on")
        for fund in (older, young):
            assert verification.findings(fund.book) == []
            assert fund.book.anchors.count() == 1
        assert limits.recount() == []
        assert sorted(PersonRequest.objects.values_list("kind", "state")) == [("copy", "open"), ("correct", "asked")]
        campaign = figures.of_campaign(older.campaigns.select_related("fund", "purpose").get(), today)
        assert (campaign["raised"], campaign["matched"]) == ("27000.00", "21000.00")
        assert (campaign["output_done"], campaign["output_target"]) == (11, 11)
        assert set(Application.objects.values_list("state", flat=True)) == set(Application.State.values)
        assert 20 <= Application.objects.count() <= 40
        assert Donation.objects.count() >= 60
        assert Receipt.objects.filter(voided_on=None).count() >= 30
        lines = dict(BankLine.objects.values_list("state").annotate(count=Count("pk")).order_by())
        assert lines["matched"] >= 30
        assert 2 <= lines["waiting"] <= 20
        assert Receipt.objects.exclude(voided_on=None).count() == 1
        assert [report_actions.overdue(fund, today) for fund in (older, young)] == [[], []]
        published = {fund.ref: queries_of_funds.totals(fund.ref).balance for fund in (older, young)}
        stands = {fund.ref: balances(fund).balance for fund in (older, young)}
    assert published == stands
    assert "钱长安" not in "".join(str(row) for row in Movement.objects.values_list("giver", "purpose"))


def _again_changes_nothing() -> None:
    before = (Fact.objects.count(), Contract.objects.count(), User.objects.count())
    seeding.seed(say=lambda words: None)

    assert (Fact.objects.count(), Contract.objects.count(), User.objects.count()) == before
