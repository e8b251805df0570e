"""What was known when, and what is kept ahead: what the second time costs the live path, and what keeping saves.

The ground is that of `bench.scoring`: 161 stations by 37 rules. `plain` is the table of before, without its history.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connection
from django.test import Client

from accounts.models import FloorRole, User
from bench.ground import Row, at_least, at_most, interleaved
from bench.scoring import FIRST, LAST, STATIONS, TODAY, all_at_once, prepare
from common import clock
from contracts import queries
from contracts.actions import Site, Terms, sign_contract
from contracts.kept import actions as kept
from contracts.kept.queries import scores_of
from contracts.models import Contract
from evaluation import known
from evaluation.known import end_of
from tenants.models import Tenant
from tenants.running import in_public

LIVE = 1.1
AS_KNOWN = 1.5
KEPT = 20.0
PAGE = 3.0
MANY = 1529
PASSWORD = "a long enough password for measuring"
ROUNDS = 7
PLAIN = """
    CREATE TABLE public.bench_plainfact AS
        SELECT tenant, station, measure, occurred_on, quantity, source, subject_key FROM public.evaluation_fact;
    CREATE INDEX ON public.bench_plainfact (tenant, station, measure, occurred_on) INCLUDE (quantity, subject_key);
    ANALYZE public.bench_plainfact; ANALYZE public.evaluation_fact;
"""


def measure() -> list[Row]:
    """Return the rows of the second time and of kept scores."""
    with in_public():
        prepare()
        with connection.cursor() as cursor:
            cursor.execute(PLAIN)
        one = queries.loaded(Contract.objects.order_by("number"), history=True)[0]
        return [
            _against_before("live_totals_of_one_contract", lambda: queries.scorecard(one, TODAY)),
            _against_before("live_score_of_161", all_at_once),
            _as_known(one),
            _kept(),
            _page(),
        ]


def _against_before(metric: str, work: Callable[[], object]) -> Row:
    """The same work on the table with its history, and on one that never had it."""

    def before() -> object:
        with _on("public.bench_plainfact"):
            return work()

    ours, theirs = interleaved(work, before, rounds=ROUNDS * 3)
    return at_most(metric, ours, theirs, LIVE)


@contextmanager
def _on(table: str) -> Iterator[None]:
    told, known.FACTS = known.FACTS, table  # type: ignore[misc]
    try:
        yield
    finally:
        known.FACTS = told  # type: ignore[misc]


def _as_known(one: Contract) -> Row:
    moment = end_of(dt.date(2100, 1, 1))
    ours, theirs = interleaved(
        lambda: queries.scorecard(one, TODAY, moment), lambda: queries.scorecard(one, TODAY), rounds=ROUNDS * 3
    )
    return at_most("scorecard_as_known_against_live", ours, theirs, AS_KNOWN)


def _kept() -> Row:
    """What stands behind overview and ranking: every contract's score of today and of a month before."""
    days = (TODAY, TODAY - dt.timedelta(days=30))
    ids = list(Contract.objects.values_list("pk", flat=True))
    kept.refresh(TODAY)

    def live() -> object:
        return queries.scores(list(queries.loaded(Contract.objects.all())), *days)

    ours, theirs = interleaved(lambda: [scores_of(ids, day) for day in days], live, rounds=ROUNDS)
    return at_least("kept_scores_of_161_and_two_days", ours, theirs, KEPT)


def _page() -> Row:
    """The officer's overview of 1,529 contracts against that of 161."""
    provider = prepare()
    for number in range(STATIONS, MANY):
        sign_contract(terms=_terms(provider, number), by=None)
    kept.refresh(clock.today())
    few, many = (_officer(name, area) for name, area in (("bench-few", "370102"), ("bench-many", "37")))

    def asks(who: Client) -> Callable[[], object]:
        def ask() -> object:
            answer = who.get("/contracts/")
            if answer.status_code != 200:
                raise AssertionError(answer.status_code)
            return answer

        return ask

    ours, theirs = interleaved(asks(many), asks(few), rounds=ROUNDS)
    return at_most("overview_page_of_1529_against_161", ours, theirs, PAGE)


def _terms(provider: Tenant, number: int) -> Terms:
    return Terms(
        number=f"BENCH-{number:04d}", title=f"第{number}站项目", programme="jinan", provider=provider,
        area="370103002", starts_on=FIRST, ends_on=LAST, amount=Decimal(200_000),
        stations=[Site(f"B{number:04d}", f"第{number}站", "370103002")],
        deliverables={"home_visits": Decimal(60), "consultations": Decimal(24)},
    )  # fmt: skip


def _officer(name: str, area: str) -> Client:
    user = User.objects.create_user(name, password=PASSWORD)
    FloorRole.objects.create(user=user, role="evaluator", area=area)
    client = Client(HTTP_HOST="localhost")
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    if answer.status_code != 302:
        raise AssertionError(answer.status_code)
    return client
