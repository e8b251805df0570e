"""Signing, marking and closing, and what the database itself refuses."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from audit.models import AuditEntry
from contracts import queries
from contracts.actions import (
    CannotSign,
    Site,
    StationTaken,
    sign_contract,
)
from contracts.marks.actions import CannotMark, give_mark, withdraw_mark
from contracts.marks.rules import FoundCase
from contracts.models import Contract, ContractStation, ScoreSheet
from contracts.publishing.actions import CannotClose, close_period
from programmes.door import programme
from tenants.models import Tenant
from tests.platform.contracts.conftest import LAST, TODAY, terms


def mark_everything(contract: Contract, by: User | None = None) -> None:
    for rule in contract.edition.leaves:
        if rule.by_hand:
            cases = [FoundCase(TODAY, "报道一篇", rule.max_score)] if rule.method == "bonus" else []
            give_mark(
                contract=contract, code=rule.code, points=rule.max_score, reason="查阅", party="purchaser",
                cases=cases, today=TODAY, by=by,
            )  # fmt: skip


def test_a_signed_contract_pins_its_programme(contract: Contract, north_row: Tenant) -> None:
    assert contract.digest == programme("jinan").digest
    assert contract.state == Contract.State.ACTIVE
    assert [station.tenant for station in contract.stations.all()] == ["north"]
    assert [party.role for party in contract.parties.all()] == ["purchaser", "landing_party"]
    assert AuditEntry.objects.filter(act="contracts.contract.signed", object_ref=contract.ref).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"programme": "nowhere"}, "不适用"),
        ({"starts_on": dt.date(2019, 1, 1)}, "不适用"),
        ({"ends_on": dt.date(2025, 12, 31)}, "结束日期"),
        ({"amount": Decimal(-1)}, "金额"),
        ({"amount": Decimal("1.005")}, "金额"),
        ({"stations": []}, "至少"),
        ({"deliverables": {"staff_fulltime": Decimal(2)}}, "服务清单"),
        ({"deliverables": {"home_visits": Decimal(0)}}, "大于 0"),
    ],
)
def test_bad_terms_are_refused_and_nothing_is_written(
    public: None, north_row: Tenant, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(CannotSign) as no:
        sign_contract(terms=terms(north_row, **changes), by=None)
    assert any(said in reason for reason in no.value.reasons)
    assert not Contract.objects.exists()


def test_a_number_is_used_once(contract: Contract, north_row: Tenant) -> None:
    with pytest.raises(StationTaken, match="LX-2026-01"):
        sign_contract(terms=terms(north_row, stations=[Site("N02", "二站", "370102003")]), by=None)


def test_a_station_is_in_one_contract_at_a_time(contract: Contract, north_row: Tenant) -> None:
    with pytest.raises(StationTaken, match="另一份合同"):
        sign_contract(terms=terms(north_row, "LX-2", starts_on=LAST, ends_on=LAST), by=None)
    following = terms(north_row, "LX-2", starts_on=LAST + dt.timedelta(days=1), ends_on=dt.date(2027, 12, 31))
    assert sign_contract(terms=following, by=None).stations.count() == 1


def test_the_database_itself_refuses_the_overlap(contract: Contract) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractStation.objects.create(
            contract=contract, tenant="north", code="N01", name="x", region="370102002", starts_on=LAST, ends_on=LAST
        )


def test_a_mark_counts_from_its_day_and_the_latest_wins(contract: Contract, zhou: User) -> None:
    early, late = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
    give_mark(
        party="purchaser", contract=contract, code="D1.1", points=Decimal(2), reason="首次抽样", today=early, by=zhou
    )
    second = give_mark(
        party="purchaser", contract=contract, code="D1.1", points=Decimal("3.5"), reason="复核", today=late, by=zhou
    )

    def points(day: dt.date) -> Decimal | None:
        return queries.scorecard(contract, day).line("D1.1").score

    assert (points(early - dt.timedelta(days=1)), points(early), points(late)) == (None, 2, Decimal("3.5"))
    for _ in range(2):
        withdraw_mark(mark=second, reason="看错了样本", by=zhou)
    assert points(late) == 2
    assert contract.marks.count() == 2
    assert AuditEntry.objects.filter(act="contracts.mark.withdrawn").count() == 1


def test_the_same_mark_sent_twice_is_one(contract: Contract, zhou: User) -> None:
    for _ in range(2):
        give_mark(
            party="purchaser", contract=contract, code="D1.1", points=Decimal(2), reason="抽样", today=TODAY, by=zhou
        )
    assert contract.marks.count() == 1


@pytest.mark.parametrize(
    ("code", "points", "reason", "said"),
    [
        ("D1.1", "4.01", "好", "0 到 4"),
        ("D1.1", "-1", "好", "0 到 4"),
        ("D1.1", "1.005", "好", "两位小数"),
        ("D1.1", None, "好", "0 到 4"),
        ("D1.1", "3", "  ", "理由"),
        ("D1.1", "3", "长" * 501, "500"),
        ("B2.1", "1", "好", "达标项"),
        ("C1.1", "1", "好", "由数据计算"),
        ("A1", "1", "好", "由数据计算"),
        ("Z9", "1", "好", "由数据计算"),
    ],
)
def test_bad_marks_are_refused(contract: Contract, code: str, points: str | None, reason: str, said: str) -> None:
    given = None if points is None else Decimal(points)
    with pytest.raises(CannotMark) as no:
        give_mark(party="purchaser", contract=contract, code=code, points=given, reason=reason, today=TODAY, by=None)
    assert any(said in text for text in no.value.reasons)
    assert not contract.marks.exists()


def test_a_veto_drops_the_grade(contract: Contract) -> None:
    mark_everything(contract)
    before = queries.scorecard(contract, TODAY)
    give_mark(
        party="purchaser", contract=contract, code="V1", points=None, reason="抽查发现编造记录", today=TODAY, by=None
    )
    after = queries.scorecard(Contract.objects.get(pk=contract.pk), TODAY)
    assert (after.total, after.grade.code) == (before.total, "fail")


def test_closing_waits_for_marks_and_for_missing_records_to_be_accepted(
    contract: Contract, visits: Callable[..., None]
) -> None:
    visits(60)
    with pytest.raises(CannotClose) as no:
        close_period(contract=contract, as_of=TODAY, today=TODAY, by=None)
    assert any("还有未评分的项目" in reason for reason in no.value.reasons)
    mark_everything(contract)
    with pytest.raises(CannotClose, match="按 0 分计"):
        close_period(contract=contract, as_of=TODAY, today=TODAY, by=None)
    sheet = close_period(contract=contract, as_of=TODAY, today=TODAY, accept_missing=True, by=None)
    assert (
        sheet.total == queries.scorecard(contract, TODAY).total == sum(Decimal(line["score"]) for line in sheet.lines)
    )
    assert len(sheet.lines) == 37
    assert contract.state == Contract.State.ACTIVE
    [visited, asked] = queries.progress(contract, TODAY)
    assert (visited.done, visited.verified, asked.verified) == (60, 60, 0)


@pytest.mark.parametrize(
    ("as_of", "said"), [(dt.date(2025, 12, 31), "合同期内"), (dt.date(2026, 12, 1), "不能晚于今天")]
)
def test_closing_on_a_wrong_day_is_refused(contract: Contract, as_of: dt.date, said: str) -> None:
    mark_everything(contract)
    with pytest.raises(CannotClose, match=said):
        close_period(contract=contract, as_of=as_of, today=TODAY, accept_missing=True, by=None)


def test_a_period_is_closed_once_and_the_last_day_closes_the_contract(contract: Contract) -> None:
    mark_everything(contract)
    later = LAST + dt.timedelta(days=9)
    close_period(contract=contract, as_of=LAST, today=later, accept_missing=True, by=None)
    assert contract.state == Contract.State.CLOSED
    with pytest.raises(CannotClose, match="已经公布"):
        close_period(contract=contract, as_of=LAST, today=later, accept_missing=True, by=None)
    with pytest.raises(CannotMark, match="已结项"):
        give_mark(
            party="purchaser", contract=contract, code="D1.1", points=Decimal(1), reason="补", today=later, by=None
        )


def test_a_published_sheet_is_never_changed(contract: Contract) -> None:
    mark_everything(contract)
    sheet = close_period(contract=contract, as_of=TODAY, today=TODAY, accept_missing=True, by=None)
    for act in (lambda: ScoreSheet.objects.update(total=1), lambda: sheet.delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            act()


def test_a_frozen_score_can_be_made_again(contract: Contract, visits: Callable[..., None]) -> None:
    visits(20)
    mark_everything(contract)
    day = dt.date(2026, 11, 20)
    give_mark(
        party="purchaser", contract=contract, code="D1.1", points=Decimal(1), reason="迟来的复核", today=TODAY, by=None
    )
    visits(30, on=TODAY)
    again = queries.scorecard(contract, day)
    assert again.line("D1.1").is_pending
    assert again.line("C1.1").inputs[0].value == 20
