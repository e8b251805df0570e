"""Publishing, correcting and declaring final: nothing is lost, nothing changes in silence."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from audit.models import AuditEntry
from common.dates import SHANGHAI
from contracts import queries
from contracts.appeals import actions as appeals
from contracts.decisions.actions import CannotDecide, settle_line
from contracts.kept.actions import refresh
from contracts.kept.queries import scores_of
from contracts.models import Appeal, AppealFile, Contract, LineDecision, ScoreSheet, SheetConfirmation
from contracts.publishing import body
from contracts.publishing.actions import CannotClose, MovedMeanwhile, close_period, confirm_sheet, correct_sheet
from contracts.publishing.freezing import unsaved_sheet
from contracts.publishing.queries import SheetState, appealable_lines, moved_since, sheets_of, state_of
from contracts.ranking import periods
from contracts.ranking.queries import ranking
from tests.platform.contracts.conftest import LAST, TODAY
from tests.platform.contracts.publishing.conftest import mark
from tests.platform.contracts.test_actions import mark_everything

ONCE = "never changed|permission denied"
WHY = "复核时发现漏计一份材料。"


def publish(contract: Contract, by: User | None = None, as_of: dt.date = TODAY, **more: Any) -> ScoreSheet:
    return close_period(contract=contract, as_of=as_of, today=max(TODAY, as_of), accept_missing=True, by=by, **more)


def correct(sheet: ScoreSheet, by: User | None = None, reason: str = WHY, **more: Any) -> ScoreSheet:
    return correct_sheet(sheet=sheet, reason=reason, accept_missing=True, by=by, **more)


def upheld_before(contract: Contract, code: str = "D1.1", points: str = "2.5") -> Appeal:
    """Return an appeal that was upheld in the days when an answer named no effect."""
    return Appeal.objects.create(
        contract=contract, code=code, points=Decimal(points), reason="有第二批材料", state="accepted",
        answer="已查到", answered_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    )  # fmt: skip


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr("common.clock.now", lambda: moment)


def states(sheet: ScoreSheet, now: dt.datetime) -> SheetState:
    return state_of(sheets_of(sheet.contract).get(pk=sheet.pk), now)


def test_an_upheld_appeal_is_not_published_without_its_effect(contract: Contract, zhou: User, qian: User) -> None:
    mark_everything(contract)
    mark(contract, "D1.1", "2.5", qian)
    appeal = upheld_before(contract)
    with pytest.raises(CannotClose, match="申诉成立，但得分没有变"):
        publish(contract, zhou)
    assert not contract.sheets.exists()

    appeals.give_effect(appeal=appeal, effect="points", points=Decimal("3.5"), clause="细则第三条", by=zhou)

    sheet = publish(contract, zhou)
    [line] = [line for line in sheet.lines if line["code"] == "D1.1"]
    assert (line["score"], line["decided"]["clause"], sheet.appeals[0]["state"]) == ("3.50", "细则第三条", "accepted")
    assert AuditEntry.objects.filter(act="contracts.line.settled").exists()


def test_a_closed_contract_gets_a_corrected_version_and_both_stay(contract: Contract, zhou: User) -> None:
    mark_everything(contract)
    first = publish(contract, zhou, LAST)
    assert contract.state == Contract.State.CLOSED
    second = correct(first, zhou, decision=("D1.1", Decimal(1), "细则第三条"))

    assert (second.version, second.replaces, second.correction_reason) == (2, first, WHY)
    assert [(one["code"], one["before"], one["after"]) for one in second.changes] == [("D1.1", "4.00", "1.00")]
    assert WHY in second.changes[0]["why"]
    assert second.total == first.total - 3
    assert list(contract.sheets.values_list("version", flat=True)) == [2, 1]
    assert ScoreSheet.objects.get(pk=first.pk).total == first.total
    contract.refresh_from_db()
    assert contract.state == Contract.State.CLOSED
    assert all(body.is_whole(sheet) for sheet in ScoreSheet.objects.all())
    [row] = ranking(
        Contract.objects.all(), programme="jinan", period=periods.parse("2026-12"), districts={}, today=LAST
    )
    assert row.total == second.total


def test_a_correction_needs_a_reason_something_new_and_the_newest_version(contract: Contract, zhou: User) -> None:
    mark_everything(contract)
    first = publish(contract, zhou)
    with pytest.raises(CannotClose, match="不用更正"):
        correct(first, zhou)
    settled = {"decision": ("D1.1", Decimal(1), "细则第三条")}
    with pytest.raises(CannotClose, match="请写明理由"):
        correct_sheet(sheet=first, reason=" ", accept_missing=True, by=zhou, seen="")
    with pytest.raises(CannotDecide, match="0 到 4"):
        correct(first, zhou, decision=("D1.1", Decimal(9), "细则第三条"))
    with pytest.raises(CannotDecide, match="条款"):
        correct(first, zhou, decision=("D1.1", Decimal(1), " "))
    assert not LineDecision.objects.exists()
    correct(first, zhou, **settled)
    with pytest.raises(CannotClose, match="已经被更正过"):
        correct(first, zhou, decision=("D1.1", Decimal(2), "细则第三条"))
    with pytest.raises(MovedMeanwhile, match="刚刚由另一人更正"):
        correct(first, zhou, seen="x" * 64)
    assert LineDecision.objects.count() == 1


def test_facts_corrected_later_stand_in_the_correction(
    contract: Contract, visits: Callable[..., None], zhou: User
) -> None:
    visits(10)
    mark_everything(contract)
    first = publish(contract, zhou)
    assert moved_since(contract) is None
    visits(30)
    moved = moved_since(contract)
    assert moved is not None
    assert "C1.1" in moved.codes
    second = correct(first, zhou)
    [change] = [change for change in second.changes if change["code"] == "C1.1"]
    assert change["why"] == "数据在公布后有更正。"
    assert moved_since(contract) is None
    [visited, _asked] = queries.progress(contract, TODAY)
    assert visited.verified == 30


@pytest.mark.parametrize("move", ["facts", "mark", "appeal"])
def test_what_moved_after_the_preview_is_not_published(
    contract: Contract, visits: Callable[..., None], zhou: User, move: str
) -> None:
    mark_everything(contract)
    visits(10)
    seen = body.fingerprint(unsaved_sheet(contract, TODAY))
    if move == "facts":
        visits(20)
    elif move == "mark":
        mark(contract, "D1.1", "1")
    else:
        Appeal.objects.create(contract=contract, code="C1.1", points=1, reason="x", state="kept", answer="y",
                              answered_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))  # fmt: skip
    with pytest.raises(MovedMeanwhile, match="没有公布"):
        publish(contract, zhou, seen=seen)
    assert not contract.sheets.exists()
    publish(contract, zhou, seen=body.fingerprint(unsaved_sheet(contract, TODAY)))


def test_a_settled_line_counts_alike_in_both_ways_of_scoring(
    contract: Contract, visits: Callable[..., None], zhou: User
) -> None:
    visits(7)
    mark_everything(contract)
    mark(contract, "V1", "0")
    settle_line(
        contract=contract, code="C1.1", points=Decimal("2.25"), clause="第三条", reason=WHY, dated=TODAY, by=zhou
    )
    settle_line(contract=contract, code="V1", points=None, clause="第三条", reason=WHY, dated=TODAY, by=zhou)
    [loaded] = queries.loaded(Contract.objects.all())
    for day in (TODAY, TODAY - dt.timedelta(days=1)):
        card = queries.scorecard(loaded, day)
        ((scored,),) = queries.scores([loaded], day)
        assert (card.total, card.grade) == (scored.total, scored.result.grade)
        assert tuple(line.score for line in card.lines) == scored.result.scores
    today = queries.scorecard(loaded, TODAY)
    assert (today.line("C1.1").score, today.vetoes) == (Decimal("2.25"), ())
    assert "第三条" in today.line("C1.1").reason
    mark(contract, "V1", "0", reason="再次查实")
    assert queries.scorecard(Contract.objects.get(), TODAY).vetoed


def test_a_later_mark_takes_the_place_of_a_decision(contract: Contract, zhou: User) -> None:
    mark(contract, "D1.1", "1")
    settle_line(contract=contract, code="D1.1", points=Decimal(4), clause="第三条", reason=WHY, dated=TODAY, by=zhou)
    assert queries.scorecard(contract, TODAY).line("D1.1").score == 4
    mark(contract, "D1.1", "2")
    assert queries.scorecard(contract, TODAY).line("D1.1").score == 2


def test_notice_runs_by_the_databases_clock_and_then_the_score_is_confirmed(
    announced: ScoreSheet, zhou: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = announced.open_until
    assert until is not None
    assert announced.notice_until
    assert announced.appeal_until
    assert all(moment.astimezone(SHANGHAI).time() == dt.time() for moment in (announced.notice_until, until))
    tick = dt.timedelta(microseconds=1)
    assert [states(announced, moment) for moment in (until - tick, until)] == [SheetState.ON_NOTICE, SheetState.DUE]
    at(monkeypatch, until - tick)
    with pytest.raises(CannotClose, match="期满后才能定稿"):
        confirm_sheet(sheet=announced, by=zhou)
    at(monkeypatch, until)
    confirm_sheet(sheet=announced, by=zhou)
    with pytest.raises(CannotClose, match="已经定稿"):
        confirm_sheet(sheet=announced, by=zhou)
    assert states(announced, until) == SheetState.FINAL
    assert SheetConfirmation.objects.get().by == zhou


def test_an_appeal_in_the_last_moment_is_in_time_and_at_the_end_it_is_late(
    announced: ScoreSheet, zhao: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = announced.appeal_until
    assert until is not None
    at(monkeypatch, until)
    assert appealable_lines(announced, until) == frozenset()
    with pytest.raises(appeals.CannotAppeal, match="申诉期已过"):
        appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao)
    before = until - dt.timedelta(microseconds=1)
    at(monkeypatch, before)
    assert "P3" in appealable_lines(announced, before)
    assert appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao).is_open


def test_objections_and_their_outcome_are_in_the_score_before_it_is_final(
    announced: ScoreSheet, zhao: User, zhou: User, qian: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao)
    second = appeals.appeal_sheet(sheet=announced, code="Q1", reason="公开栏在维修", by=zhao)
    assert announced.open_until is not None
    at(monkeypatch, announced.open_until)
    with pytest.raises(CannotClose, match="待答复的申诉"):
        confirm_sheet(sheet=announced, by=zhou)
    with pytest.raises(CannotClose, match="待答复的申诉"):
        correct(announced, zhou)
    appeals.answer_appeal(appeal=second, is_accepted=False, answer="维持", by=zhou)
    upheld = {"is_accepted": True, "answer": "已核对", "effect": "points", "clause": "第四条"}
    appeals.answer_appeal(appeal=first, **upheld, points=Decimal(19), by=zhou)
    with pytest.raises(CannotClose, match="还没有写进得分"):
        confirm_sheet(sheet=announced, by=zhou)
    newer = correct(announced, zhou, "载入申诉结论。")
    assert [(one["code"], one["after"], one["appeal"]) for one in newer.changes] == [("P3", "19.00", first.ref)]
    assert sorted(one["state"] for one in newer.appeals) == ["accepted", "kept"]
    assert newer.open_until == announced.open_until, "what an appeal changed is not announced anew"
    confirm_sheet(sheet=newer, by=zhou)
    assert states(announced, announced.open_until) == SheetState.REPLACED


def test_any_other_change_is_announced_anew(announced: ScoreSheet, zhou: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert announced.open_until is not None
    at(monkeypatch, announced.open_until)
    newer = correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    assert newer.open_until is not None
    assert newer.open_until > announced.open_until


def test_what_was_appealed_once_is_appealed_again_only_where_a_correction_changed_it(
    announced: ScoreSheet, zhao: User, zhou: User
) -> None:
    appeal = appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao)
    with pytest.raises(appeals.AlreadyAppealed):
        appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao)
    appeals.answer_appeal(appeal=appeal, is_accepted=False, answer="维持", by=zhou)
    with pytest.raises(appeals.CannotAppeal, match="已经申诉过"):
        appeals.appeal_sheet(sheet=announced, code="P3", reason="有存档", by=zhao)
    newer = correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    with pytest.raises(appeals.CannotAppeal, match="最新一版"):
        appeals.appeal_sheet(sheet=announced, code="Q1", reason="有存档", by=zhao)
    assert appeals.appeal_sheet(sheet=newer, code="P3", reason="降得没有道理", by=zhao).is_open


def test_the_contract_closes_only_when_its_last_score_is_final(
    marked_hub: Contract, zhou: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = publish(marked_hub, zhou, LAST)
    assert marked_hub.state == Contract.State.ACTIVE
    assert sheet.open_until is not None
    at(monkeypatch, sheet.open_until)
    confirm_sheet(sheet=sheet, by=zhou)
    marked_hub.refresh_from_db()
    assert marked_hub.state == Contract.State.CLOSED


def test_what_is_published_and_decided_is_written_once(announced: ScoreSheet, zhao: User, zhou: User) -> None:
    correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    appeal = upheld_before(announced.contract, "Q1")
    AppealFile.objects.create(appeal=appeal, kind="photo", size=1, sha256="0" * 64, file="x")
    SheetConfirmation.objects.create(sheet=announced, by=zhou)
    for table in ("scoresheet", "linedecision", "sheetconfirmation", "appealfile"):
        for act in (f"UPDATE contracts_{table} SET id = id", f"DELETE FROM contracts_{table}"):
            with (
                pytest.raises(DatabaseError, match=ONCE),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(act)


def test_what_is_kept_of_a_score_is_stale_after_a_decision(contract: Contract, zhou: User) -> None:
    mark_everything(contract)
    refresh(TODAY)
    before = scores_of([contract.pk], TODAY)[contract.pk]
    settle_line(contract=contract, code="D1.1", points=Decimal(1), clause="第三条", reason=WHY, dated=TODAY, by=zhou)
    kept = scores_of([contract.pk], TODAY)[contract.pk]
    assert kept.total == before.total - 3 == queries.scorecard(Contract.objects.get(), TODAY).total
