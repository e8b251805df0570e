"""The scoring methods: examples first, then what must hold for any numbers."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.methods import METHODS, Reading
from programmes import shapes
from programmes.shapes import Band, Indicator

RULE = Indicator(
    code="C1", parent="C", title="入户走访", max_score=Decimal(5), clause="第一条", level=3, measure="home_visits"
)
BANDS = (Band(Decimal("0.9"), Decimal(5)), Band(Decimal("0.6"), Decimal(3)), Band(Decimal(0), Decimal(0)))


def rule(method: str, **changes: object) -> Indicator:
    return replace(RULE, method=method, **changes)  # type: ignore[arg-type]


def points(method: str, reading: Reading, **changes: object) -> Decimal | None:
    changed = rule(method, **changes)
    return METHODS[method](changed, reading).score


def test_every_declared_method_exists() -> None:
    assert set(METHODS) == set(shapes.METHODS)


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (6, "2.5"), (12, 5), (30, 5)])
def test_ratio_is_proportional_and_capped(value: int, expected: object) -> None:
    assert points("ratio", Reading(value=Decimal(value), target=Decimal(12))) == Decimal(str(expected))


def test_ratio_of_a_quotient_divides_once() -> None:
    reading = Reading(value=Decimal(10), per=Decimal(4), target=Decimal(5))
    assert points("ratio", reading, per="staff_employed") == Decimal("2.5")


@pytest.mark.parametrize(("value", "expected"), [("0.9", 5), ("0.8999", 3), ("0.6", 3), ("0.59", 0), ("0", 0)])
def test_bands_include_their_lower_bound(value: str, expected: int) -> None:
    reading = Reading(value=Decimal(value) * 1000, per=Decimal(1000))
    assert points("bands", reading, bands=BANDS, per="service_records") == expected


@pytest.mark.parametrize(("value", "expected"), [("11.99", 0), ("12", 5), ("13", 5)])
def test_all_or_nothing(value: str, expected: int) -> None:
    assert points("all_or_nothing", Reading(value=Decimal(value), target=Decimal(12))) == expected


def test_all_or_nothing_by_hand() -> None:
    assert points("all_or_nothing", Reading(mark=Decimal(5)), measure="") == 5
    assert points("all_or_nothing", Reading(mark=Decimal("4.99")), measure="") == 0
    assert points("all_or_nothing", Reading(), measure="") is None


def test_marked_by_hand() -> None:
    assert points("marked_by_hand", Reading(mark=Decimal("3.5")), measure="") == Decimal("3.5")
    assert points("marked_by_hand", Reading(mark=Decimal(9)), measure="") == 5


@pytest.mark.parametrize(("value", "expected"), [(0, 5), (2, 5), (3, 4), (7, 3), (99, 0)])
def test_deduction_takes_for_every_full_step(value: int, expected: int) -> None:
    assert points("deduction", Reading(value=Decimal(value)), each=Decimal(3), points=Decimal(1)) == expected


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (2, 0), (3, 1), (99, 5)])
def test_bonus_gives_for_every_full_step(value: int, expected: int) -> None:
    assert points("bonus", Reading(value=Decimal(value)), each=Decimal(3), points=Decimal(1)) == expected


def test_what_is_not_known_is_not_zero() -> None:
    known = Reading(value=Decimal(3), target=Decimal(12))
    for method, reading in [
        ("ratio", replace(known, value=None)),
        ("ratio", replace(known, target=None)),
        ("ratio", replace(known, per=None)),
        ("bands", replace(known, value=None)),
        ("all_or_nothing", replace(known, value=None)),
        ("marked_by_hand", Reading()),
    ]:
        outcome = METHODS[method](rule(method, bands=BANDS), reading)
        assert outcome.score is None
        assert outcome.reason


def test_without_findings_nothing_is_deducted_and_nothing_added() -> None:
    assert points("deduction", Reading(), measure="") == 5
    assert points("bonus", Reading(), measure="") == 0


amounts = st.decimals(0, 10**6, places=2)
scores = st.decimals("0.01", 100, places=2)
readings = st.builds(
    Reading,
    value=st.none() | amounts,
    per=st.none() | amounts,
    target=st.none() | amounts,
    mark=st.none() | st.decimals(0, 200, places=2),
)


@given(st.sampled_from(sorted(METHODS)), readings, scores, st.booleans(), scores, scores)
def test_points_lie_between_zero_and_the_full_score_with_a_reason(
    method: str, reading: Reading, full: Decimal, by_hand: bool, each: Decimal, step: Decimal
) -> None:
    bands = (Band(Decimal(9), full), Band(Decimal(0), Decimal(0)))
    changed = rule(
        method,
        max_score=full,
        measure="" if by_hand and not shapes.METHODS[method].needs else "home_visits",
        bands=bands,
    )
    outcome = METHODS[method](replace(changed, each=each, points=step), reading)
    assert outcome.score is None or 0 <= outcome.score <= full
    assert outcome.reason


@given(amounts, amounts, st.decimals("0.01", 10**6, places=2))
def test_more_work_never_scores_less(one: Decimal, other: Decimal, target: Decimal) -> None:
    less, more = sorted((one, other))
    for method in ("ratio", "all_or_nothing"):
        low = points(method, Reading(value=less, target=target))
        high = points(method, Reading(value=more, target=target))
        assert low is not None
        assert high is not None
        assert low <= high


@given(amounts, st.decimals("0.01", 10**6, places=2))
def test_ratio_gives_all_exactly_from_the_target_on(value: Decimal, target: Decimal) -> None:
    won = points("ratio", Reading(value=value, target=target))
    assert (won == 5) == (value >= target)
