"""Many contracts are scored by one statement and agree with each one's own scorecard."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from contracts import door, queries
from contracts.actions import Site, sign_contract
from contracts.marks.actions import give_mark
from contracts.models import Contract
from tenants.models import Tenant
from tests.platform.contracts.conftest import TODAY, terms


def test_scores_of_many_agree_with_each_scorecard(
    contract: Contract, southern: Contract, visits: Callable[..., None]
) -> None:
    visits(40)
    visits(3, tenant="south", station="S01")
    give_mark(party="purchaser", contract=southern, code="V2", points=None, reason="挪用", today=TODAY, by=None)
    both = list(queries.loaded(Contract.objects.all()))
    (scored,) = queries.scores(both, TODAY)
    for one in scored:
        card = queries.scorecard(one.contract, TODAY)
        assert (one.total, one.result.grade) == (card.total, card.grade)
        assert list(one.result.scores) == [line.score for line in card.lines]
        assert [deliverable.done for deliverable in one.progress] == [
            deliverable.done for deliverable in queries.progress(one.contract, TODAY)
        ]


def test_the_live_scorecard_takes_one_query_for_the_totals(contract: Contract, django_assert_num_queries: Any) -> None:
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk)).get()
    with django_assert_num_queries(1):
        queries.scorecard(loaded, TODAY)


def test_queries_do_not_grow_with_contracts(public: None, north_row: Tenant, django_assert_num_queries: Any) -> None:
    for number in range(12):
        site = Site(f"N{number:02d}", "站", "370102002")
        sign_contract(terms=terms(north_row, f"LX-{number}", stations=[site]), by=None)
        if number in (0, 11):
            with django_assert_num_queries(6):
                assert len(door.station_scores(tenant="north", as_of=TODAY)) == number + 1


def test_progress_is_measured_against_the_days_that_have_passed(
    contract: Contract, visits: Callable[..., None]
) -> None:
    visits(47)
    [visited, asked] = queries.progress(contract, TODAY)
    assert (visited.due, visited.is_behind, visited.is_met) == (Decimal("53.42"), True, False)
    assert asked.is_behind
    assert asked.done == 0


def test_the_door_speaks_of_one_agency(contract: Contract, southern: Contract, north: Tenant) -> None:
    [mine] = door.station_scores(tenant="north", as_of=TODAY)
    assert (mine.stations, mine.full, mine.grade, mine.grade_name) == (("N01",), 100, "", "暂不评定等级")
    assert door.station_scores(tenant="north", as_of=TODAY, stations=["N09"]) == []
