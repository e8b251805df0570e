"""A score as it was known on a day is the same number whenever it is asked for: whatever is corrected or taken back."""

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from contracts import queries
from contracts.known.terms import as_known
from contracts.marks.actions import give_mark, withdraw_mark
from contracts.models import Contract, ContractStation, Deliverable, Mark, TermVersion
from evaluation.door import Fact, record_facts, replace_facts, withdraw_facts
from evaluation.models import Fact as FactRow
from evaluation.models import FactVersion
from tenants.backend.owner import as_owner
from tests.platform.contracts.conftest import TODAY

FIRST = dt.date(2026, 1, 1)
STEPS = (
    "record",
    "correct",
    "say again",
    "withdraw",
    "restore",
    "mark",
    "withdraw a mark",
    "promise",
    "move a station",
)


def moment() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
        return found


def visit(number: int, quantity: int, day: int, station: str = "N01") -> list[Fact]:
    source, on = f"records.record:r{number}", FIRST + dt.timedelta(days=day)
    return [
        Fact(station, "home_visits", on, quantity, source, f"s{number % 3}"),
        Fact(station, "service_records", on, 1, source),
        *([Fact(station, "records_on_time", on, 1, source)] if quantity % 2 else []),
    ]


def take(step: str, contract: Contract, random: Random, zhou: User) -> None:
    """Do one thing that moves the score, or might."""
    number = random.randint(0, 3)
    source = f"records.record:r{number}"
    match step:
        case "record" | "restore":
            record_facts(tenant="north", facts=visit(number, random.randint(1, 40), random.randint(0, 200)))
        case "correct":
            said = visit(number, random.randint(1, 40), random.randint(0, 200), random.choice(["N01", "N09"]))
            replace_facts(tenant="north", source_prefix=source, facts=said)
        case "say again":
            facts = FactRow.objects.filter(source=source)
            again = [
                Fact(one.station, one.measure, one.occurred_on, one.quantity, source, one.subject_key) for one in facts
            ]
            replace_facts(tenant="north", source_prefix=source, facts=again)
        case "withdraw":
            withdraw_facts(tenant="north", source_prefix=source)
        case "mark":
            rule = random.choice([rule for rule in contract.edition.leaves if rule.method == "marked_by_hand"])
            points = rule.max_score * random.randint(0, 4) / 4
            give_mark(
                contract=contract, code=rule.code, points=points, reason="查阅", party="evaluator", today=TODAY, by=zhou
            )
        case "withdraw a mark":
            if mark := Mark.objects.filter(withdrawn_at=None).order_by("?").first():
                withdraw_mark(mark=mark, reason="看错了", by=zhou)
        case "promise":
            Deliverable.objects.filter(contract=contract, measure="home_visits").update(target=random.randint(1, 90))
        case "move a station":
            ContractStation.objects.filter(contract=contract).update(code=random.choice(["N01", "N09"]))


def lines_of(contract: Contract, known: dt.datetime | None) -> list[Decimal | None]:
    found = as_known(queries.loaded(Contract.objects.filter(pk=contract.pk), history=True).get(), known)
    assert found
    card = queries.scorecard(found, TODAY, known)
    ((scored,),) = queries.scores([found], TODAY, known=known)
    assert (scored.total, list(scored.result.scores)) == (card.total, [line.score for line in card.lines])
    return [line.score for line in card.lines]


@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14), seed=st.integers(0, 10**6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_was_known_is_the_same_whenever_it_is_asked(
    contract: Contract, zhou: User, steps: list[str], seed: int
) -> None:
    random, told = Random(seed), []
    for step in steps:
        take(step, contract, random, zhou)
        told.append((moment(), lines_of(contract, None)))
    for known, then in told:
        assert lines_of(contract, known) == then


def test_withdrawing_a_visit_of_june_does_not_move_what_was_known_in_july(contract: Contract) -> None:
    """The fault that was seen: 28.95 became 27.15 without a word."""
    for number in range(4):
        record_facts(tenant="north", facts=visit(number, 5, 160))
    july = moment()
    before = lines_of(contract, None)
    withdraw_facts(tenant="north", source_prefix="records.record:r1")
    assert lines_of(contract, None) != before
    assert lines_of(contract, july) == before


def test_a_fact_corrected_twice_in_one_transaction_has_both_versions(contract: Contract) -> None:
    for quantity in (1, 2, 3):
        record_facts(tenant="north", facts=visit(0, quantity, 10))
    versions = FactVersion.objects.filter(measure="home_visits").order_by("known_from")
    assert [one.quantity for one in versions] == [1, 2]
    assert all(one.known_until > one.known_from for one in versions)
    assert versions[0].known_until == versions[1].known_from


def test_saying_the_same_again_leaves_no_version(contract: Contract) -> None:
    record_facts(tenant="north", facts=visit(0, 1, 10))
    record_facts(tenant="north", facts=visit(0, 1, 10))
    replace_facts(tenant="north", source_prefix="records.record:r0", facts=visit(0, 1, 10))
    assert not FactVersion.objects.exists()


def test_nobody_knew_of_a_contract_before_it_was_signed(contract: Contract) -> None:
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk), history=True).get()
    assert as_known(loaded, contract.known_from) is None
    assert as_known(loaded, None) is loaded


def test_the_terms_of_then_come_back_with_their_types(contract: Contract) -> None:
    signed = moment()
    Contract.objects.filter(pk=contract.pk).update(ends_on=dt.date(2026, 11, 30), amount=Decimal("100.00"))
    Deliverable.objects.filter(contract=contract, measure="consultations").delete()
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk), history=True).get()
    then = as_known(loaded, signed)
    assert then
    assert (then.ends_on, then.amount, then.ref) == (dt.date(2026, 12, 31), Decimal("200000.00"), contract.ref)
    assert [(one.measure, one.target) for one in then.deliverables.all()] == [
        ("home_visits", Decimal(60)),
        ("consultations", Decimal(24)),
    ]
    assert {version.kind for version in TermVersion.objects.all()} == {"contract", "deliverable"}
    assert loaded.ends_on == dt.date(2026, 11, 30)


SAID = "tenant, station, measure, occurred_on, quantity, source, known_from"
ATTACKS = [
    *(
        verb.format(table)
        for table in ("evaluation_factversion", "contracts_termversion")
        for verb in (
            "DELETE FROM {}",
            "UPDATE {} SET known_until = now()",
            "TRUNCATE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
        )
    ),
    "TRUNCATE evaluation_fact",
    "ALTER TABLE evaluation_fact DISABLE TRIGGER ALL",
    f"INSERT INTO evaluation_fact ({SAID})"
    " VALUES ('north', 'N01', 'home_visits', '2026-06-01', 9, 'a.b:c', '2026-06-01')",
    "DROP TRIGGER fact_is_kept ON evaluation_fact",
]


@pytest.mark.parametrize("statement", ATTACKS)
def test_history_is_not_undone(contract: Contract, statement: str) -> None:
    """Tried with the rights of the application, which are all that a page or an injected statement has."""
    record_facts(tenant="north", facts=visit(0, 1, 10))
    withdraw_facts(tenant="north", source_prefix="records.record:r0")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["evaluation_factversion", "contracts_termversion"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET known_until = now()", "TRUNCATE {}"])
def test_the_guard_holds_by_itself_too(contract: Contract, table: str, verb: str) -> None:
    record_facts(tenant="north", facts=visit(0, 1, 10))
    withdraw_facts(tenant="north", source_prefix="records.record:r0")
    Contract.objects.filter(pk=contract.pk).update(amount=1)
    statement = verb.format(table)
    with as_owner(), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_fact_cannot_be_made_to_look_older_by_changing_it(contract: Contract) -> None:
    record_facts(tenant="north", facts=visit(0, 1, 10))
    fact = FactRow.objects.get(measure="home_visits")
    FactRow.objects.filter(pk=fact.pk).update(known_from=fact.known_from - dt.timedelta(days=90))
    assert FactRow.objects.get(pk=fact.pk).known_from == fact.known_from
    FactRow.objects.filter(pk=fact.pk).update(known_from=fact.known_from - dt.timedelta(days=90), quantity=7)
    fact.refresh_from_db()
    assert (fact.quantity, FactVersion.objects.count()) == (7, 1)
    assert fact.known_from == FactVersion.objects.get().known_until
