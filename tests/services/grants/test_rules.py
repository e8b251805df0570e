"""The committee's result, the end of a notice and what a digest covers: values in, answers out."""

import datetime as dt
from decimal import Decimal

import pytest

from services.grants.rules import (
    Vote,
    VoteOutcome,
    award,
    digest,
    notice_is_over,
    notice_to,
    repayment_problems,
)

SEATS = {"a": "chair", "b": "member", "c": "member", "d": "member", "e": "member"}
WORD = {"y": "approve", "n": "reject", "?": "return", "-": "recuse"}


def result(decided_by: str, said: str, *, barred: str = "", opinion: bool = True) -> str:
    """result("majority", "yy-n"): a and b approve, c recuses, d rejects, e says nothing yet."""
    ballots = {who: WORD[letter] for who, letter in zip("abcde", said, strict=False) if letter in WORD}
    vote = Vote(decided_by, SEATS, ballots, frozenset(barred), opinion)
    return vote.outcome().verdict


@pytest.mark.parametrize(
    ("decided_by", "said", "verdict"),
    [
        ("chair", "y", "approve"), ("chair", "n", "reject"), ("chair", "?", "return"), ("chair", ".yyyy", ""),
        ("majority", "yy", ""), ("majority", "yyy", "approve"), ("majority", "nn", ""), ("majority", "nnn", "reject"),
        ("majority", "yynn", ""), ("majority", "yynny", "approve"), ("majority", "yynnn", "reject"),
        ("majority", "n??", "return"), ("majority", "nn?", "reject"), ("majority", "n?yy?", "return"),
        ("two_thirds", "yyy", ""), ("two_thirds", "yyyy", "approve"), ("two_thirds", "yynn", "reject"),
        ("two_thirds", "yyyn", ""), ("two_thirds", "yyyny", "approve"),
        ("majority", "yy-y", "approve"), ("majority", "-yyn", ""), ("majority", "-yyny", "approve"),
        ("majority", "--yyn", "approve"), ("majority", "--nn", ""), ("majority", "--nny", "reject"),
        ("two_thirds", "-yyy", "approve"), ("majority", "---yy", ""),
    ],
)  # fmt: skip
def test_the_result_falls_with_the_deciding_ballot(decided_by: str, said: str, verdict: str) -> None:
    assert result(decided_by, said) == verdict


def test_the_monitor_is_heard_before_a_committee_decides() -> None:
    assert result("majority", "yyy", opinion=False) == ""
    for word in "yn?":
        assert result("chair", word, opinion=False) == ""
    waits = Vote("chair", SEATS, {"a": "approve"}).outcome().waits
    assert waits == ("等待监督员的意见。",)
    assert len(Vote("chair", SEATS, {}).outcome().waits) == 2


def test_a_chair_who_is_recused_leaves_it_to_the_others() -> None:
    assert result("chair", "-yy") == ""
    assert result("chair", "-yyy") == "approve"
    assert result("chair", ".yyy", barred="a") == "approve"


def test_who_applied_or_assessed_counts_as_recused() -> None:
    assert result("two_thirds", ".yyy", barred="a") == "approve"
    assert result("two_thirds", "yyy") == ""


def test_what_is_waited_for_is_said() -> None:
    waits = Vote("majority", SEATS, {"a": "approve"}).outcome()

    assert waits.verdict == ""
    assert len(waits.waits) == 3
    assert Vote("majority", SEATS, dict.fromkeys("abc", "recuse")).outcome().waits[0].startswith("回避后")
    assert VoteOutcome("approve").waits == ()


def test_no_more_than_the_need_is_awarded() -> None:
    assert award(asked=Decimal(3000), assessed=Decimal(1200)) == 1200
    assert award(asked=Decimal(1000), assessed=Decimal(1200)) == 1000


def test_a_notice_runs_all_of_its_days() -> None:
    last = notice_to(begins_on=dt.date(2026, 12, 28), days=7)

    assert last == dt.date(2027, 1, 4)
    assert not notice_is_over(ends_on=last, today=last)
    assert notice_is_over(ends_on=last, today=last + dt.timedelta(days=1))


def test_a_digest_tells_values_apart() -> None:
    assert digest(["1", "23"]) != digest(["12", "3"])
    assert digest([None]) == digest([None])
    assert digest([Decimal("1.00")]) == digest([Decimal("1.00")])


def test_money_back_is_no_more_than_was_paid() -> None:
    day = dt.date(2026, 11, 22)
    said = {"received_on": day, "paid_on": day, "today": day, "left": Decimal(10)}

    assert repayment_problems(amount=Decimal(10), **said) == {}
    assert set(repayment_problems(amount=Decimal("10.01"), **said)) == {"amount"}
    assert set(repayment_problems(amount=Decimal(1), **{**said, "paid_on": day + dt.timedelta(days=1)})) == {
        "received_on"
    }
