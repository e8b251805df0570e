"""Facts: said once, corrected, withdrawn, summed; never for another agency."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from evaluation.door import Fact, UnknownMeasure, WrongAgency, record_facts, replace_facts, withdraw_facts
from evaluation.models import Fact as FactRow
from evaluation.queries import by_station_and_month, evidence, totals
from tenants.models import Tenant

DAY = dt.date(2026, 3, 5)


def visit(ref: str, *, station: str = "N01", on: dt.date = DAY, quantity: object = 1, subject: str = "s1") -> Fact:
    return Fact(station, "home_visits", on, Decimal(str(quantity)), f"records.record:{ref}", subject)


def sums(
    *measures: str, stations: tuple[str, ...] = ("N01",), as_of: dt.date = dt.date(2026, 12, 31)
) -> dict[str, object]:
    found = totals(tenant="north", stations=stations, starts_on=dt.date(2026, 1, 1), as_of=as_of, measures=measures)
    return {code: total.quantity for code, total in found.items()}


def test_saying_it_twice_leaves_one_fact(north: Tenant) -> None:
    record_facts(tenant="north", facts=[visit("a")])
    record_facts(tenant="north", facts=[visit("a", quantity=1, on=DAY)])
    assert sums("home_visits") == {"home_visits": 1}


def test_saying_it_anew_replaces_it(north: Tenant) -> None:
    record_facts(tenant="north", facts=[visit("a")])
    record_facts(tenant="north", facts=[visit("a", station="N02", quantity="2.5")])
    assert sums("home_visits") == {}
    assert sums("home_visits", stations=("N01", "N02")) == {"home_visits": Decimal("2.50")}


def test_recording_is_one_statement(north: Tenant, django_assert_num_queries) -> None:
    many = [visit(f"r{number}") for number in range(2000)]
    with transaction.atomic(), django_assert_num_queries(1):
        assert record_facts(tenant="north", facts=many) == 2000
    with django_assert_num_queries(0):
        assert record_facts(tenant="north", facts=[]) == 0


def test_a_correction_drops_what_is_no_longer_said(north: Tenant) -> None:
    minutes = Fact("N01", "service_minutes", DAY, 40, "records.record:a")
    part = Fact("N01", "group_attendances", DAY, 1, "records.record:a:c2", "s2")
    record_facts(tenant="north", facts=[visit("a"), visit("ab"), minutes, part])
    replace_facts(tenant="north", source_prefix="records.record:a", facts=[visit("a", quantity=1)])
    assert sums("home_visits", "service_minutes", "group_attendances") == {"home_visits": 2}
    assert withdraw_facts(tenant="north", source_prefix="records.record:a") == 1
    assert sums("home_visits") == {"home_visits": 1}


def test_a_correction_speaks_only_of_its_own_source(north: Tenant) -> None:
    with pytest.raises(ValueError, match="not of"):
        replace_facts(tenant="north", source_prefix="records.record:a", facts=[visit("b")])
    for prefix in ("records.record", "records.record:", "records.record:%"):
        with pytest.raises(ValueError, match="not a source"):
            withdraw_facts(tenant="north", source_prefix=prefix)


@pytest.mark.parametrize("measure", ["smiles", "people_served"])
def test_only_recorded_measures_are_taken(north: Tenant, measure: str) -> None:
    with pytest.raises(UnknownMeasure, match=measure):
        record_facts(tenant="north", facts=[visit("a"), Fact("N01", measure, DAY, 1, "records.record:b")])
    assert not FactRow.objects.exists()


def test_an_agency_speaks_only_for_itself(north: Tenant) -> None:
    for act in (
        lambda: record_facts(tenant="south", facts=[visit("a")]),
        lambda: withdraw_facts(tenant="south", source_prefix="records.record:a"),
    ):
        with pytest.raises(WrongAgency):
            act()


def test_the_shared_floor_names_the_agency(public: None) -> None:
    record_facts(tenant="north", facts=[visit("a")])
    assert FactRow.objects.get().tenant == "north"


def test_two_facts_of_one_source_and_measure_cannot_stand(public: None) -> None:
    record_facts(tenant="north", facts=[visit("a")])
    with pytest.raises(IntegrityError), transaction.atomic():
        FactRow.objects.create(
            tenant="north", station="N09", measure="home_visits", occurred_on=DAY, quantity=1, source="records.record:a"
        )


def test_flows_levels_and_people(north: Tenant) -> None:
    before, later = dt.date(2025, 6, 1), dt.date(2026, 9, 1)
    facts = [
        visit("a", subject="s1"),
        visit("b", subject="s1"),
        visit("c", subject="s2"),
        visit("d", subject=""),
        visit("e", on=before, subject="s9"),
        Fact("N01", "group_attendances", DAY, 1, "records.record:f", "s3"),
        Fact("N01", "staff_employed", before, 1, "people.posting:p1"),
        Fact("N01", "staff_employed", before, 1, "people.posting:p2"),
        Fact("N01", "staff_employed", later, -1, "people.posting:p2:end"),
    ]
    record_facts(tenant="north", facts=facts)
    asked = ("home_visits", "people_visited", "people_served", "staff_employed", "referrals")
    assert sums(*asked) == {
        "home_visits": 4,
        "group_attendances": 1,
        "people_visited": 2,
        "people_served": 3,
        "staff_employed": 1,
    }
    assert sums("staff_employed", as_of=DAY) == {"staff_employed": 2}
    assert sums("people_visited", as_of=dt.date(2026, 1, 2)) == {}


def test_totals_take_one_query(north: Tenant, django_assert_num_queries) -> None:
    record_facts(tenant="north", facts=[visit("a")])
    with django_assert_num_queries(1):
        sums("home_visits", "people_visited", "staff_employed")


def test_evidence_is_the_facts_behind_a_line(north: Tenant) -> None:
    facts = [visit("a"), visit("b", on=DAY.replace(month=4)), visit("c", station="N02"), visit("d", station="N03")]
    record_facts(tenant="north", facts=[*facts, visit("e", on=dt.date(2025, 1, 1))])
    found = evidence(
        tenant="north",
        stations=["N01", "N02"],
        starts_on=dt.date(2026, 1, 1),
        as_of=dt.date(2026, 12, 31),
        measures=["people_visited"],
    )
    assert [fact.source for fact in found] == ["records.record:b", "records.record:c", "records.record:a"]
    months = by_station_and_month(found)
    assert [(one.station, one.month.month, one.facts) for one in months] == [
        ("N01", 4, 1),
        ("N01", 3, 1),
        ("N02", 3, 1),
    ]
