"""Kept scores are only ever faster: a page reads what is good, works out the rest, and never shows a stale point."""

import datetime as dt
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from contracts import queries
from contracts.kept import actions
from contracts.kept.queries import live, scores_of
from contracts.marks.actions import give_mark, withdraw_mark
from contracts.models import Contract, Deliverable, KeptScore
from contracts.ranking import periods
from contracts.ranking.overview import overview
from contracts.ranking.queries import ranking
from evaluation.door import withdraw_facts
from evaluation.models import ScoreDue
from operating import tasks
from tests.platform.contracts.conftest import TODAY


def worked_out(day: dt.date = TODAY) -> dict[int, Any]:
    return live(list(queries.loaded(Contract.objects.all())), day)


def read(day: dt.date = TODAY) -> dict[int, Any]:
    return scores_of(list(Contract.objects.values_list("pk", flat=True)), day, lines=True)


def plain(found: dict[int, Any]) -> dict[int, Any]:
    return {pk: (one.total, one.grade, one.behind, one.weight, list(one.scores)) for pk, one in found.items()}


@pytest.fixture
def both(contract: Contract, southern: Contract, visits: Callable[..., None]) -> Contract:
    visits(40)
    visits(3, tenant="south", station="S01")
    actions.refresh(TODAY)
    return contract


def test_what_is_kept_is_what_would_be_worked_out(both: Contract) -> None:
    for day in actions.kept_days(TODAY):
        running = set(KeptScore.objects.filter(day=day).values_list("contract", flat=True))
        expected = {pk: one for pk, one in worked_out(day).items() if pk in running}
        assert plain({pk: read(day)[pk] for pk in running}) == plain(expected)
    assert KeptScore.objects.filter(day=TODAY).count() == 2
    assert not ScoreDue.objects.exists()


def test_what_is_kept_takes_one_query(both: Contract, django_assert_num_queries: Any) -> None:
    ids = list(Contract.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        scores_of(ids, TODAY, lines=True)


@pytest.mark.parametrize(
    "act",
    ["a fact", "a fact taken back", "a mark", "a mark taken back", "a promise"],
)
def test_a_page_never_shows_a_stale_score(both: Contract, zhou: User, visits: Callable[..., None], act: str) -> None:
    rule = next(rule for rule in both.edition.leaves if rule.method == "marked_by_hand")
    if act == "a mark taken back":
        mark = give_mark(
            contract=both, code=rule.code, points=rule.max_score, reason="查阅", party="evaluator", today=TODAY, by=zhou
        )
        actions.refresh(TODAY)
    before = plain(read())
    match act:
        case "a fact":
            visits(9, on=dt.date(2026, 5, 5))
        case "a fact taken back":
            withdraw_facts(tenant="north", source_prefix="records.record:N012026-01-010")
        case "a mark":
            give_mark(
                contract=both, code=rule.code, points=Decimal(1), reason="查阅", party="evaluator", today=TODAY, by=zhou
            )
        case "a mark taken back":
            withdraw_mark(mark=mark, reason="看错了", by=zhou)
        case "a promise":
            Deliverable.objects.filter(contract=both, measure="home_visits").update(target=Decimal(41))
    assert ScoreDue.objects.exists()
    assert plain(read()) == plain(worked_out())
    assert plain(read()) != before
    actions.refresh(TODAY)
    assert plain(read()) == plain(worked_out())
    assert not ScoreDue.objects.exists()


def test_a_late_fact_makes_only_the_days_from_its_own_on_stale(both: Contract, visits: Callable[..., None]) -> None:
    january = dict(KeptScore.objects.filter(day=dt.date(2026, 5, 31)).values_list("contract", "made_at"))
    visits(1, on=dt.date(2026, 6, 2), station="N01")
    assert plain(read(dt.date(2026, 5, 31))) == plain(worked_out(dt.date(2026, 5, 31)))
    actions.refresh(TODAY)
    assert dict(KeptScore.objects.filter(day=dt.date(2026, 5, 31)).values_list("contract", "made_at")) == january


def test_the_overview_and_the_ranking_say_the_same_from_kept_scores(
    both: Contract, django_assert_max_num_queries: Any
) -> None:
    period = periods.parse("2026")

    def seen() -> tuple[Any, Any]:
        everything = Contract.objects.all()
        rows = ranking(everything, programme="jinan", period=period, districts={}, today=TODAY)
        return overview(everything, areas=("37",), today=TODAY), rows

    with django_assert_max_num_queries(16):
        kept = seen()
    KeptScore.objects.all().delete()
    worked = seen()
    assert kept[1] == worked[1]
    for name in ("contracts", "behind", "grades", "covered", "districts", "appeals"):
        assert getattr(kept[0], name) == getattr(worked[0], name)
    assert [one.scored.contract for one in kept[0].troubles] == [one.scored.contract for one in worked[0].troubles]


def test_verifying_finds_a_score_that_was_changed_by_hand(both: Contract, caplog: pytest.LogCaptureFixture) -> None:
    assert actions.verify(TODAY) == 0
    KeptScore.objects.filter(contract=both, day=TODAY).update(total=Decimal("99.99"))
    assert read()[both.pk].total == Decimal("99.99")
    with caplog.at_level(logging.ERROR):
        assert actions.verify(TODAY) == 1
    assert both.ref in caplog.text
    assert plain(read()) == plain(worked_out())


def test_what_is_due_is_not_called_wrong(both: Contract, visits: Callable[..., None]) -> None:
    visits(9, on=dt.date(2026, 5, 5))
    assert actions.verify(TODAY) == 0


def test_old_days_are_let_go_and_ends_of_months_stay(both: Contract) -> None:
    days = [TODAY - dt.timedelta(days=40), dt.date(2026, 10, 31), dt.date(2025, 3, 31), TODAY]
    for day in days:
        KeptScore.objects.get_or_create(
            contract=both, day=day, defaults={"digest": "", "total": 0, "behind": 0, "weight": 0, "scores": []}
        )
    actions.let_go(TODAY)
    left = set(KeptScore.objects.filter(contract=both).values_list("day", flat=True))
    assert (days[0] in left, days[1] in left, days[2] in left, days[3] in left) == (False, True, False, True)


def test_by_the_clock_the_scores_of_today_are_kept(both: Contract) -> None:
    today = timezone.localtime(timezone.now()).date()
    KeptScore.objects.all().delete()
    made = tasks.keep_scores()
    assert made == KeptScore.objects.count()
    if Contract.objects.filter(starts_on__lte=today, ends_on__gte=today).exists():
        assert made
    assert tasks.verify_scores() == 0
