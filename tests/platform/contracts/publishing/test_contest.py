"""Two officers publish at the same moment: one score is published, the other officer is told."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from contracts.actions import sign_contract
from contracts.models import ScoreSheet
from contracts.publishing import body
from contracts.publishing.actions import MovedMeanwhile, close_period, correct_sheet
from contracts.publishing.freezing import unsaved_sheet
from tenants.models import Tenant
from tenants.running import in_public
from tests.platform.contracts.conftest import TODAY, terms
from tests.platform.contracts.publishing.conftest import mark

OFFICERS = 6
pytestmark = pytest.mark.threads


def all_at_once(act: Callable[[], object]) -> Counter[str]:
    ended: Counter[str] = Counter()
    gate = threading.Barrier(OFFICERS)

    def run() -> None:
        gate.wait()
        try:
            with in_public():
                act()
            ended["published"] += 1
        except MovedMeanwhile:
            ended["told"] += 1
        except Exception as error:
            ended[repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(OFFICERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_of_many_officers_at_once_one_publishes_and_one_corrects(commits: None) -> None:
    with in_public():
        north = Tenant.objects.get(slug="north")
        contract = sign_contract(terms=terms(north, "LX-T", programme="jinan-hubs", deliverables={}), by=None)
        for code in ("P3", "Q1", "Q2"):
            mark(contract, code, "9", reason="抽查")
        seen = body.fingerprint(unsaved_sheet(contract, TODAY))
        ended = all_at_once(
            lambda: close_period(contract=contract, as_of=TODAY, today=TODAY, accept_missing=True, seen=seen, by=None)
        )
        assert ended == {"published": 1, "told": OFFICERS - 1}
        sheet = ScoreSheet.objects.get()
        mark(contract, "P3", "3", reason="复核")
        seen = body.fingerprint(unsaved_sheet(contract, TODAY, replaces=sheet, reason="复核"))
        ended = all_at_once(lambda: correct_sheet(sheet=sheet, reason="复核", accept_missing=True, seen=seen, by=None))
        assert ended == {"published": 1, "told": OFFICERS - 1}
        assert sorted(ScoreSheet.objects.values_list("version", flat=True)) == [1, 2]
