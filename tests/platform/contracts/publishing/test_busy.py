"""Published while others write: a sheet says what was known at its own moment, and says so whenever it is asked for."""

import datetime as dt
import threading
import time
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction

from contracts import queries
from contracts.actions import sign_contract
from contracts.known.terms import as_known
from contracts.marks.actions import give_mark
from contracts.models import Contract, ScoreSheet
from contracts.publishing.actions import MovedMeanwhile, close_period
from evaluation.door import Fact, record_facts, withdraw_facts
from tenants.models import Tenant
from tenants.running import in_public
from tests.nights import long_at_night
from tests.platform.contracts.conftest import TODAY, terms

MEASURES = ("joint_meetings", "trainings", "home_visits", "service_records")
pytestmark = pytest.mark.threads


def write(seed: int, done: threading.Event) -> None:
    """Record, correct and take back facts of the contract's station, each in a transaction that stays open a while."""
    random = Random(seed)
    try:
        with in_public():
            while not done.is_set():
                source = f"bench.row:{seed}x{random.randint(0, 30)}"
                with transaction.atomic():
                    if random.random() < 0.3:
                        withdraw_facts(tenant="north", source_prefix=source)
                    else:
                        day = TODAY - dt.timedelta(days=random.randint(20, 200))
                        measure = random.choice(MEASURES)
                        record_facts(tenant="north", facts=[Fact("N01", measure, day, random.randint(1, 3), source)])
                    time.sleep(random.random() * 0.02)
    finally:
        connection.close()


@pytest.mark.parametrize("sheets", long_at_night(6, 60))
def test_no_sheet_differs_from_what_was_known_at_its_moment(commits: None, sheets: int) -> None:
    done = threading.Event()
    with in_public():
        north = Tenant.objects.get(slug="north")
        contract = sign_contract(terms=terms(north, "LX-T", programme="jinan-hubs", deliverables={}), by=None)
        for code in ("P3", "Q1", "Q2"):
            give_mark(
                contract=contract, code=code, points=Decimal(9), reason="抽查", party="purchaser",
                today=TODAY - dt.timedelta(days=100), by=None,
            )  # fmt: skip
        writers = [threading.Thread(target=write, args=(seed, done)) for seed in (1, 2)]
        for writer in writers:
            writer.start()
        try:
            published = [_publish(contract, TODAY - dt.timedelta(days=sheets - 1 - number)) for number in range(sheets)]
        finally:
            done.set()
            for writer in writers:
                writer.join()
        assert [sheet.pk for sheet in published if _differs(contract, sheet)] == []
        assert len({str(sheet.total) for sheet in published}) > 1, "nothing moved while they were published"


def _publish(contract: Contract, as_of: dt.date) -> ScoreSheet:
    for _attempt in range(400):
        try:
            return close_period(contract=contract, as_of=as_of, today=TODAY, accept_missing=True, by=None)
        except MovedMeanwhile:
            time.sleep(0.005)
    raise AssertionError("never published")


def _differs(contract: Contract, sheet: ScoreSheet) -> bool:
    loaded = queries.loaded(Contract.objects.filter(pk=contract.pk), history=True).get()
    then = as_known(loaded, sheet.known_at)
    assert then
    card = queries.scorecard(then, sheet.as_of, sheet.known_at)
    return [str(line.points) for line in card.lines] != [line["score"] for line in sheet.lines]
