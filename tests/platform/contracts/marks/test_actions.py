"""A mark belongs to who gives it: only its author or a named review takes it out, and nothing that was said is lost."""

import datetime as dt
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.access import Access
from accounts.models import User
from audit.models import AuditEntry
from contracts import queries
from contracts.marks.access import parties_of
from contracts.marks.actions import CannotMark, CannotWithdraw, review_mark, withdraw_mark
from contracts.marks.rules import FoundCase
from contracts.models import Contract, ContractParty, Mark, MarkCase, MarkFile
from contracts.publishing.actions import close_period
from tenants.backend.owner import as_owner
from tests.cast import officer
from tests.platform.contracts.conftest import FIRST, LAST, TODAY
from tests.platform.contracts.marks.conftest import give
from tests.platform.contracts.test_actions import mark_everything


def points(contract: Contract, code: str = "D1.1") -> Decimal | None:
    return queries.scorecard(Contract.objects.get(pk=contract.pk), TODAY).line(code).score


def test_nobody_erases_anothers_mark_in_one_click(contract: Contract, zhou: User, qian: User) -> None:
    """The buyer's officer erased the evaluator's mark without a reason, and the other way round."""
    evaluators = give(contract, qian)
    purchasers = give(contract, zhou, "purchaser", points=Decimal(2))
    for mark, other in ((evaluators, zhou), (purchasers, qian), (evaluators, None)):
        with pytest.raises(CannotWithdraw, match="本人"):
            withdraw_mark(mark=mark, reason="我看不是这样", by=other)
    for reason in ("", "  ", "长" * 501, "打 13864100001"):
        with pytest.raises(CannotWithdraw):
            review_mark(mark=evaluators, reason=reason, by=zhou)
    assert not Mark.objects.exclude(withdrawn_at=None).exists()


def test_a_review_is_named_and_gives_its_reason(contract: Contract, zhou: User, qian: User) -> None:
    mark = review_mark(mark=give(contract, qian), reason="回执齐全，请重评", by=zhou)
    assert (mark.withdrawal, mark.withdrawn_by, mark.withdrawn_reason) == ("review", zhou, "回执齐全，请重评")
    assert points(contract) is None
    again = review_mark(mark=mark, reason="另一个理由", by=zhou)
    assert again.withdrawn_reason == "回执齐全，请重评"
    assert AuditEntry.objects.filter(act="contracts.mark.reviewed").count() == 1
    with pytest.raises(CannotWithdraw, match="另一人"):
        review_mark(mark=give(contract, zhou, "purchaser"), reason="自己看自己", by=zhou)


def test_an_author_says_why_they_take_it_back(contract: Contract, qian: User) -> None:
    mark = give(contract, qian)
    with pytest.raises(CannotWithdraw, match="理由"):
        withdraw_mark(mark=mark, reason=" ", by=qian)
    assert withdraw_mark(mark=mark, reason="看错了样本", by=qian).withdrawal == "author"


@pytest.mark.parametrize("visited_on", [FIRST - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)])
def test_nobody_was_there_before_the_contract_or_tomorrow(contract: Contract, qian: User, visited_on: dt.date) -> None:
    with pytest.raises(CannotMark, match="查看日期"):
        give(contract, qian, visited_on=visited_on)


@pytest.mark.parametrize("party", ["", "operator", "landing_party", "somebody"])
def test_only_three_parties_mark(contract: Contract, qian: User, party: str) -> None:
    with pytest.raises(CannotMark, match="评估方、购买方和监督方"):
        give(contract, qian, party)


def case(points: str, text: str = "一次变动未备案", day: dt.date = TODAY) -> FoundCase:
    return FoundCase(day, text, Decimal(points))


@pytest.mark.parametrize(
    ("code", "given", "cases", "said"),
    [
        ("A3.2", "1", [], "扣了 1.00 分"),
        ("A3.2", "1", [case("0.5")], "扣了"),
        ("A3.2", "2", [case("0.5")], "扣了 0.00 分"),
        ("E1.2", "1", [case("1.5")], "加了"),
        ("A3.2", "1", [case("0"), case("1")], "大于 0"),
        ("A3.2", "1", [case("1", "")], "理由"),
        ("A3.2", "1", [case("1", "找 13864100001 核实")], "身份证号或手机号"),
        ("A3.2", "1", [case("1", "长" * 201)], "200"),
        ("A3.2", "1", [case("0.04")] * 25, "最多 20"),
        ("D1.1", "3", [case("1")], "只有扣分项和加分项"),
    ],
)
def test_cases_carry_the_points(contract: Contract, code: str, given: str, cases: list[FoundCase], said: str) -> None:
    with pytest.raises(CannotMark) as no:
        give(contract, None, code=code, points=Decimal(given).quantize(Decimal("0.01")), cases=cases)
    assert any(said in reason for reason in no.value.reasons), no.value.reasons
    assert not Mark.objects.exists()
    assert not MarkCase.objects.exists()


def test_the_cases_are_kept_with_the_mark_and_sent_twice_are_one(contract: Contract, qian: User) -> None:
    cases = [case("0.5", day=FIRST), case("0.5", "另一次")]
    first = give(contract, qian, code="A3.2", points=Decimal(1), cases=cases)
    assert give(contract, qian, code="A3.2", points=Decimal(1), cases=cases) == first
    assert [(one.day, one.points) for one in first.cases.all()] == [(FIRST, Decimal("0.5")), (TODAY, Decimal("0.5"))]
    other = give(contract, qian, code="A3.2", points=Decimal(1), cases=[case("1")])
    assert other != first


def test_a_closed_contract_takes_no_mark_withdrawal_or_review(contract: Contract, zhou: User, qian: User) -> None:
    mark_everything(contract, zhou)
    mark = give(contract, qian)
    close_period(contract=contract, as_of=LAST, today=LAST, accept_missing=True, by=None)
    stale = Mark.objects.select_related("contract").get(pk=mark.pk)
    stale.contract.state = Contract.State.ACTIVE  # as it was when the page was opened
    for act in (
        lambda: give(stale.contract, qian, points=Decimal(1)),
        lambda: withdraw_mark(mark=stale, reason="晚了", by=qian),
        lambda: review_mark(mark=stale, reason="晚了", by=zhou),
    ):
        with pytest.raises(CannotMark, match="已结项"):
            act()


ATTACKS = [
    "DELETE FROM contracts_mark",
    "TRUNCATE contracts_mark CASCADE",
    "UPDATE contracts_mark SET points = 4",
    "UPDATE contracts_mark SET reason = 'x', withdrawn_at = now()",
    "UPDATE contracts_mark SET party = 'purchaser', withdrawn_at = now()",
    "UPDATE contracts_mark SET given_at = now() - interval '9 days', withdrawn_at = now()",
    "UPDATE contracts_mark SET withdrawn_reason = 'ohne'",
    "DELETE FROM contracts_markcase",
    "UPDATE contracts_markcase SET points = 1",
    "DELETE FROM contracts_markfile",
    "UPDATE contracts_markfile SET sha256 = ''",
    "ALTER TABLE contracts_mark DISABLE TRIGGER ALL",
    "DROP TRIGGER mark_is_kept ON contracts_mark",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_keeps_every_row(contract: Contract, qian: User, attack: str) -> None:
    """As the application's own role, with SQL of one's own."""
    mark = give(contract, qian, code="A3.2", points=Decimal("1.5"), cases=[case("0.5")])
    MarkFile.objects.create(mark=mark, kind="photo", size=1, sha256="0" * 64, file="x", by=qian)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert Mark.objects.get().reason == "抽样 20 人"


@pytest.mark.parametrize("change", ["withdrawn_at = NULL", "withdrawn_at = now()", "withdrawn_reason = 'other'"])
def test_a_withdrawal_stands(contract: Contract, qian: User, change: str) -> None:
    withdraw_mark(mark=give(contract, qian), reason="看错了", by=qian)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE contracts_mark SET {change}")


def test_the_version_before_may_still_mark_and_withdraw(contract: Contract, qian: User) -> None:
    """During a rollout its processes know none of the new columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contracts_mark (ref, contract_id, code, points, reason, dated, by_id, given_at)"
            " VALUES ('old0000000000001', %s, 'D1.1', 2, '旧', %s, %s, now())",
            [contract.pk, TODAY, qian.pk],
        )
        assert points(contract) == 2
        cursor.execute("UPDATE contracts_mark SET withdrawn_at = now(), withdrawn_by_id = %s", [qian.pk])
    assert Mark.objects.get().party == ""
    assert points(contract) is None


def test_who_marks_for_whom(contract: Contract, zhou: User) -> None:
    def parties(*roles: str, areas: tuple[str, ...] = ("370102",)) -> list[str]:
        return parties_of(Access(roles=frozenset(roles), areas=areas), contract)

    assert parties("evaluator") == ["evaluator"]
    assert parties("district_officer") == ["purchaser"]
    assert parties("district_officer", areas=("370103",)) == ["purchaser"]
    assert parties("city_officer", areas=("370100",)) == []
    ContractParty.objects.create(
        contract=contract, role="supervising_authority", organisation="济南市民政局", area="370100"
    )
    assert parties("district_officer", areas=("370100",)) == ["supervising_authority"]
    assert parties("district_officer", "evaluator", areas=("370102", "370100")) == [
        "evaluator", "purchaser", "supervising_authority"
    ]  # fmt: skip


def test_the_landed_versions_marks_keep_their_row_and_learn_their_party(
    contract: Contract, zhou: User, qian: User
) -> None:
    """An upgrade: the party follows from the author's role where that is known; every row and number stays."""
    moved: Any = import_module("contracts.migrations.0007_marks_are_kept")
    both = officer("both", "evaluator", "370100")
    both.floor_roles.create(role="district_officer", area="370102")
    rows = [give(contract, by, points=Decimal(place + 1)) for place, by in enumerate((zhou, qian, both, None))]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(moved.LET_GO)
        cursor.execute("UPDATE contracts_mark SET party = '', visited_on = NULL")
        cursor.execute(moved.PARTIES)
        cursor.execute(moved.KEEP)
    after = {mark.pk: mark for mark in Mark.objects.all()}
    assert [after[row.pk].party for row in rows] == ["purchaser", "evaluator", "", ""]
    assert [after[row.pk].points for row in rows] == [1, 2, 3, 4]
    assert points(contract) == 4
