"""Unknown is not failed: not begun, nothing recorded, not marked and zero are four words with different effects."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from accounts.models import User
from contracts import queries
from contracts.marks.actions import give_mark
from contracts.models import Contract
from contracts.ranking import periods
from contracts.ranking.queries import ranking
from evaluation.methods import NOT_BEGUN, SCORED, UNMARKED, UNRECORDED
from evaluation.scoring import standing
from programmes import door as programmes
from tests.cast import signed_in
from tests.platform.contracts.conftest import FIRST, TODAY


def test_a_contract_that_has_not_begun_is_not_failed(contract: Contract, zhou: User) -> None:
    """The fault that was seen: a contract of next year stood there with 17 points, 不合格."""
    Contract.objects.filter(pk=contract.pk).update(starts_on=TODAY + dt.timedelta(days=10), ends_on=dt.date(2027, 6, 1))
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk)).get()
    card = queries.scorecard(loaded, TODAY)
    assert {line.state for line in card.lines} == {NOT_BEGUN}
    assert (card.total, card.standing.grade, card.is_begun) == (0, None, False)
    ((scored,),) = queries.scores([loaded], TODAY)
    assert (scored.total, scored.grade, scored.grade_words) == (0, None, "尚未开始")
    assert loaded.state_on(TODAY) == Contract.State.AHEAD
    client = signed_in(zhou)
    for address in (f"/contracts/{contract.ref}/scorecard/", f"/contracts/{contract.ref}/", "/contracts/all/"):
        page = client.get(address).content.decode()
        assert "尚未开始" in page
        assert "不合格" not in page.partition("<main")[2].partition("<form")[0] or address == "/contracts/all/"


def test_four_words_for_what_is_not_there(contract: Contract, zhou: User, visits: Callable[..., None]) -> None:
    by_hand = [rule for rule in contract.edition.leaves if rule.method == "marked_by_hand"]
    give_mark(
        contract=contract,
        code=by_hand[0].code,
        points=Decimal(0),
        reason="没有做",
        party="evaluator",
        today=TODAY,
        by=zhou,
    )
    visits(30)
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk)).get()
    lines = {line.indicator.code: line for line in queries.scorecard(loaded, TODAY).lines}
    zero, unmarked = lines[by_hand[0].code], lines[by_hand[1].code]
    assert (zero.state, zero.score) == (SCORED, 0)
    assert (unmarked.state, unmarked.score) == (UNMARKED, None)
    assert UNRECORDED in {line.state for line in lines.values()}


def test_no_grade_before_enough_is_known_but_a_range(
    contract: Contract, zhou: User, visits: Callable[..., None]
) -> None:
    visits(60)
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk)).get()
    card = queries.scorecard(loaded, TODAY)
    worth = card.standing
    assert worth.known < card.programme.grade_from
    assert (worth.grade, worth.at_least) == (None, card.total)
    assert worth.at_most == card.total + sum(line.indicator.max_score for line in card.pending)
    assert worth.lowest.lower < worth.highest.lower
    page = signed_in(zhou).get(f"/contracts/{contract.ref}/scorecard/").content.decode()
    assert "暂不评定等级" in page
    assert f"最终得分在 {worth.at_least} 分至 {worth.at_most} 分之间" in page


def test_a_grade_is_named_once_the_programmes_share_is_known_or_it_is_the_same_either_way(contract: Contract) -> None:
    edition = contract.edition
    half = [rule.max_score if number % 2 else None for number, rule in enumerate(edition.leaves)]
    known = standing(edition, half, vetoed=False).known
    assert standing(replace(edition, grade_from=known), half, vetoed=False).grade is not None
    assert standing(replace(edition, grade_from=known + Decimal("0.01")), half, vetoed=False).grade is None
    assert standing(edition, [None] * len(half), vetoed=True).grade == edition.grades[-1]
    nearly = [*(rule.max_score for rule in edition.leaves[:-1]), None]
    assert standing(replace(edition, grade_from=Decimal(1)), nearly, vetoed=False).grade == edition.grades[0]


def test_a_period_is_ranked_by_its_own_work_where_the_programme_says_so(
    contract: Contract, visits: Callable[..., None], monkeypatch: object
) -> None:
    """A quarter's work, not what was done before it."""
    visits(40, on=dt.date(2026, 2, 3))
    visits(3, on=dt.date(2026, 8, 4))
    third = periods.parse("2026-Q3")

    def totals() -> list[Decimal]:
        rows = ranking(Contract.objects.all(), programme="jinan", period=third, districts={}, today=TODAY)
        return [row.total for row in rows]

    cumulative = totals()
    alone = replace(contract.edition, ranking="period")
    monkeypatch.setattr(programmes, "programme", lambda *_args: alone)  # type: ignore[attr-defined]
    of_the_quarter = totals()
    assert of_the_quarter != cumulative
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk)).get()
    case = queries.case_of(loaded, third.end, since=third.start)
    whole = queries.case_of(loaded, third.end)
    before = queries.case_of(loaded, third.start - dt.timedelta(days=1))
    paced = next(rule.code for rule in alone.leaves if rule.paced and rule.measure == "home_visits")
    assert (case.starts_on, whole.starts_on) == (third.start, FIRST)
    assert case.targets[paced] == whole.targets[paced] - before.targets[paced]
