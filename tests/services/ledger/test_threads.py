"""Many hands on one book, and one that is cut off: real connections, real commits."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from services.ledger import verification
from services.ledger.models import Account, Book, Entry
from services.ledger.posting import CannotReverse, NotEnough, reverse
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.nights import long_at_night
from tests.services.ledger.books import book, receive, spend

pytestmark = pytest.mark.threads


@pytest.fixture
def tenant(commits: None) -> Tenant:
    with in_public():
        return Tenant.objects.get(slug="north")


def together(tenant: Tenant, hands: int, work: Callable[[int], object]) -> Counter[str]:
    """Let `hands` threads, each on its own connection, do `work(number)` at once; count what came of it."""
    came: Counter[str] = Counter()
    start = threading.Barrier(hands)

    def one(number: int) -> None:
        try:
            with in_tenant(tenant):
                start.wait()
                work(number)
                came["done"] += 1
        except Exception as error:
            came[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def bank_of(one: Book) -> Decimal:
    return Account.objects.get(book=one, code="1").balance


def test_sixty_four_hands_take_exactly_what_is_there(tenant: Tenant) -> None:
    with in_tenant(tenant):
        one = book()
        receive(one, "in", "1000")

    came = together(tenant, 64, lambda number: spend(one, f"out{number}", "30"))

    assert came == {"done": 33, "NotEnough": 31}
    with in_tenant(tenant):
        assert bank_of(one) == 10
        assert list(Entry.objects.filter(book=one).values_list("number", flat=True)) == list(range(1, 35))
        assert verification.findings(one) == []


def test_fifty_of_one_key_post_once(tenant: Tenant) -> None:
    with in_tenant(tenant):
        one = book()

    came = together(tenant, 50, lambda number: receive(one, "the same", "12"))

    assert came == {"done": 50}
    with in_tenant(tenant):
        assert bank_of(one) == 12
        assert verification.findings(one) == []


def test_one_entry_is_reversed_by_one_of_many(tenant: Tenant) -> None:
    with in_tenant(tenant):
        one = book()
        wrong = receive(one, "in", "12")

    def undo(number: int) -> None:
        reverse(entry=wrong, occurred_on=timezone.localdate(), memo=f"{number}", by=None)

    came = together(tenant, 16, undo)

    assert came == {"done": 1, "CannotReverse": 15}
    with in_tenant(tenant):
        assert bank_of(one) == 0
        assert verification.findings(one) == []
        with pytest.raises(CannotReverse):
            undo(1)


def test_money_in_and_out_at_once_never_falls_below_nothing(tenant: Tenant) -> None:
    with in_tenant(tenant):
        one = book()

    def work(number: int) -> None:
        for turn in range(10):
            try:
                (spend if (number + turn) % 2 else receive)(one, f"{number}.{turn}", "7")
            except NotEnough:
                continue

    came = together(tenant, 16, work)

    assert came == {"done": 16}
    with in_tenant(tenant):
        kinds = Counter(Entry.objects.filter(book=one).values_list("kind", flat=True))
        assert bank_of(one) == 7 * (kinds["donation"] - kinds["pay"]) >= 0
        assert kinds["donation"] == 80
        assert verification.findings(one) == []


POSTER = """
import sys
import django
django.setup()
from services.ledger.models import Book
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.services.ledger.books import receive
with in_public():
    tenant = Tenant.objects.get(slug="north")
with in_tenant(tenant):
    book = Book.objects.get(pk=int(sys.argv[1]))
    for number in range(100000):
        receive(book, f"{sys.argv[2]}.{number}", "1")
        print(number, flush=True)
"""


@pytest.mark.parametrize("turns", long_at_night(2, 4))
def test_a_poster_killed_at_any_moment_leaves_whole_entries_and_loses_none_it_reported(
    tenant: Tenant, turns: int
) -> None:
    with in_tenant(tenant):
        one = book()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["platform", "."])}
    reported = 0
    for turn in range(turns):
        poster = subprocess.Popen(
            [sys.executable, "-c", POSTER, str(one.pk), str(turn)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert poster.stdout
        first = poster.stdout.readline()
        assert first == "0\n"
        time.sleep(0.05 + turn * 0.037)
        poster.send_signal(signal.SIGKILL)
        reported += 1 + len(poster.stdout.read().splitlines())
        poster.wait()
        poster.stdout.close()

    with in_tenant(tenant):
        posted = Entry.objects.filter(book=one).count()
        assert reported <= posted <= reported + turns
        assert bank_of(one) == posted
        assert verification.findings(one) == []
