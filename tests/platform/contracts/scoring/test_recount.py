"""Anybody can count a line again: the card's number is the rows on the page, its inputs are what they add up to."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.dates import local_day
from contracts import queries
from contracts.models import Contract
from contracts.scoring.pseudonyms import pseudonym
from evaluation.known import end_of
from evaluation.scoring import Line
from programmes.measures import BASES_OF, MEASURES
from tenants.running import in_public
from tests.nights import long_at_night

ZERO = Decimal(0)


@pytest.fixture
def seeded(demo: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), in_public():
        yield


def recounted(rows: list[Any], measure: str, contract: str) -> Decimal:
    """Count a measure from the rows of the page alone, as somebody who distrusts the card would."""
    if bases := BASES_OF.get(measure):
        return Decimal(
            len({pseudonym(contract, row.subject_key) for row in rows if row.measure in bases and row.subject_key})
        )
    return sum((row.quantity for row in rows if row.measure == measure), ZERO)


def check(contract: Contract, line: Line, day: dt.date, known: dt.datetime | None) -> None:
    rows = list(queries.evidence(contract, line.indicator.code, day, known))
    assert len(rows) == line.evidence_count, (contract.number, line.indicator.code)
    for one in line.inputs:
        assert recounted(rows, one.measure.code, contract.ref) == (one.value or ZERO), (
            contract.number,
            line.indicator.code,
        )


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("every", long_at_night(23, 1))
def test_every_line_is_counted_again_from_its_evidence(every: int) -> None:
    today = local_day(timezone.now())
    contracts = list(queries.loaded(Contract.objects.order_by("number"), history=True))[::every]
    assert len(contracts) >= 7
    people = 0
    for contract in contracts:
        for day, known in ((today, None), (today - dt.timedelta(days=60), end_of(today - dt.timedelta(days=60)))):
            for line in queries.scorecard(contract, day, known).lines:
                check(contract, line, day, known)
                people += any(one.measure.code in BASES_OF and one.value for one in line.inputs)
    assert people, "no line that counts people was among them"


def test_a_people_line_beside_its_own_flow_counts_no_fact_twice() -> None:
    for measure, bases in BASES_OF.items():
        assert all(MEASURES[base].kind == "flow" for base in bases), measure


def test_a_code_name_is_one_person_in_one_contract_and_nobody_in_another() -> None:
    names = {pseudonym("contract-a", f"{number:064x}") for number in range(5000)}
    assert len(names) == 5000
    assert pseudonym("contract-a", "k") == pseudonym("contract-a", "k")
    assert not names & {pseudonym("contract-b", f"{number:064x}") for number in range(5000)}
