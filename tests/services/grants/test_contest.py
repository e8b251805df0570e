"""AT-21, AT-23: sixty-four at the edge of a cap, two payers at once, one request fifty times, a worker killed."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from common import clock
from common.refusals import Refused
from services.clients import actions as clients
from services.clients.models import Client
from services.funds.books import closing
from services.grants.applications import merges
from services.grants.decisions import voting
from services.grants.guards import limits
from services.grants.guards.limits import Claim, OverLimit
from services.grants.models import Application, Limit, Payment, PaymentRun
from services.grants.payments import actions as payment_actions
from services.grants.payments import runs
from services.ledger.models import Entry
from tenants.running import in_tenant
from tests import wire
from tests.cast import member
from tests.identities import id_number
from tests.nights import long_at_night
from tests.services.grants.cast import Foundation, assessed, found, granted, payable, prepared, wanted
from tests.services.test_api import Program
from tests.services.test_once import fifty
from tests.workroom import Workroom

D = Decimal
MANY = 64
ROUNDS = 16


@pytest.fixture
def base(commits: None, granting: Foundation) -> Foundation:
    """A really committed fund in north; one stands nowhere."""
    return granting


def all_at_once(base: Foundation, many: int, work: Callable[[int], str]) -> Counter[str]:
    """Run `work(number)` in as many threads, each in north on a connection of its own; count how they ended."""
    ended: Counter[str] = Counter()
    gate = threading.Barrier(many)

    def run(number: int) -> None:
        gate.wait()
        try:
            with in_tenant(base.room.tenant):
                ended[work(number)] += 1
        except Exception as error:
            ended[f"{type(error).__name__}: {error}"] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.mark.threads
def test_of_64_decisions_at_the_edge_one_is_granted(base: Foundation) -> None:
    with in_tenant(base.room.tenant):
        granted(base, "4900")
        waiting = [heard(base, assessed(base, "100")) for _ in range(MANY)]

    def decide(number: int) -> str:
        try:
            voting.vote(application=waiting[number], verdict="approve", words="", by=base.committee[0])
        except OverLimit as refusal:
            return f"{refusal.status} {refusal.extra['remaining']}"
        return "granted"

    assert all_at_once(base, MANY, decide) == {"granted": 1, "409 0.00": MANY - 1}
    with in_tenant(base.room.tenant):
        assert Limit.objects.get(kind="person_year").used == D(5000)
        assert Application.objects.filter(state="notice").count() == 2
        assert base.reserved() == D(5000)
        assert limits.recount() == []
        assert closing.check(base.fund).findings == []


@pytest.mark.threads
def test_of_many_that_want_the_last_of_an_activity_one_has_it(base: Foundation) -> None:
    """AT-21 for a limit that nothing but its own row holds: no file of a person is locked for it."""
    claim = Claim(limits.Kind.ACTIVITY, 0, "picnic", 0, D(1000))

    def take(number: int) -> str:
        try:
            with transaction.atomic():
                limits.take([claim], D(600))
        except OverLimit as refusal:
            return f"{refusal.status} {refusal.extra['remaining']}"
        return "taken"

    assert all_at_once(base, 8, take) == {"taken": 1, "409 400.00": 7}
    with in_tenant(base.room.tenant):
        assert Limit.objects.get(kind="activity").used == D(600)


@pytest.mark.threads
def test_two_funds_and_two_files_of_one_person_at_once_give_one_cap(base: Foundation) -> None:
    """GZ-07 over the funds of an agency: the last hundred yuan are given once, whichever file and fund ask."""
    room, number = base.room, id_number(411)
    with in_tenant(room.tenant):
        second = found(room, "F2")
        open_one = clients.ClientFile(name="隐秘的人", site=room.station, worker=room.wei, id_number=number)
        today = clock.today()
        secret = clients.open_file(
            file=replace(open_one, is_restricted=True), opened_on=today, today=today, by=base.worker
        )
        plain = clients.open_file(file=open_one, opened_on=today, today=today, by=base.head)
        granted(base, "4900", wanted(room, secret))
        asks = [(fund, file) for fund in (base, second) for file in (secret, plain)] * 6
        waiting = [(fund, heard(fund, assessed(fund, "100", wanted(room, file)))) for fund, file in asks]

    def decide(number: int) -> str:
        fund, application = waiting[number]
        try:
            voting.vote(application=application, verdict="approve", words="", by=fund.committee[0])
        except OverLimit as refusal:
            return f"{refusal.status} {refusal.extra['remaining']}"
        return "granted"

    assert all_at_once(base, len(waiting), decide) == {"granted": 1, "409 0.00": len(waiting) - 1}
    with in_tenant(room.tenant):
        assert sum(Limit.objects.filter(kind="person_year").values_list("used", flat=True)) == D(5000)
        assert limits.recount() == []


def heard(base: Foundation, application: Application) -> Application:
    """The monitor has spoken: the chair's word decides."""
    return voting.opine(application=application, has_no_objection=True, words="", by=base.monitor)


@pytest.mark.threads
def test_both_caps_at_once_in_opposite_order(base: Foundation) -> None:
    """A thousand contests: each time one of 64 gets the last hundred yuan of both limits, however they are named."""
    with in_tenant(base.room.tenant):
        for n in range(ROUNDS):
            for claim, used in zip(_pair(base, n), (D(9900), D(4900)), strict=True):
                Limit.objects.create(**claim.where, cap=claim.cap, used=used)

    def take(number: int) -> str:
        taken, left = 0, set()
        for n in range(ROUNDS):
            wanted = _pair(base, n)
            try:
                with transaction.atomic():
                    limits.take(wanted if number % 2 else wanted[::-1], D(100))
                    taken += 1
            except OverLimit as refusal:
                left.add(refusal.extra["remaining"])
        return f"taken {taken}" if left <= {"0.00"} else f"left {left}"

    ended = all_at_once(base, MANY, take)

    assert {words.split()[0] for words in ended} == {"taken"}, ended
    assert sum(int(words.split()[1]) * times for words, times in ended.items()) == ROUNDS
    with in_tenant(base.room.tenant):
        assert set(Limit.objects.values_list("used", "cap")) == {(D(10000), D(10000)), (D(5000), D(5000))}


def _pair(base: Foundation, number: int) -> list[Claim]:
    return [
        Claim("activity", 0, f"event{number}", 0, D(10000)),
        Claim("person_year", base.fund.pk, f"person{number}", 2026, D(5000)),
    ]


@pytest.mark.threads
def test_a_merge_and_decisions_at_once_lose_nothing(base: Foundation) -> None:
    room = base.room
    with in_tenant(room.tenant):
        file = clients.ClientFile(name="桂兰奶奶", site=room.station, worker=room.wei)
        twin = clients.open_file(file=file, opened_on=clock.today(), today=clock.today(), by=base.worker)
        people = (room.client, twin)
        waiting = [heard(base, assessed(base, "500", wanted(room, people[n % 2]))) for n in range(16)]

    def work(number: int) -> str:
        try:
            if number == 16:
                merges.merge(keep=Client.objects.get(pk=room.client.pk), duplicate=twin, by=room.director)
            else:
                voting.vote(application=waiting[number], verdict="approve", words="", by=base.committee[0])
        except OverLimit:
            return "over"
        return "done"

    ended = all_at_once(base, 17, work)

    assert set(ended) <= {"done", "over"}, ended
    with in_tenant(room.tenant):
        assert limits.recount() == []
        row = Limit.objects.get(kind="person_year")
        assert row.used == 500 * Application.objects.filter(state="notice").count()
        assert row.overrun == max(row.used - row.cap, 0)


@pytest.mark.threads
def test_of_two_releasing_at_once_one_pays(base: Foundation) -> None:
    with in_tenant(base.room.tenant):
        payment = prepared(base)
        third = member(base.room.tenant, "third", "finance", name="财务丙")
    people = [base.finance[1], third] * 4

    def release(number: int) -> str:
        try:
            payment_actions.approve_payment(payment=payment, by=people[number])
        except Refused as refusal:
            return str(refusal.status)
        return "paid"

    assert all_at_once(base, len(people), release) == {"paid": 1, "409": len(people) - 1}
    with in_tenant(base.room.tenant):
        assert Entry.objects.filter(kind="pay").count() == 1
        assert closing.check(base.fund).findings == []


@pytest.mark.threads
def test_fifty_calls_with_one_key_make_one_application_and_one_payment(base: Foundation) -> None:
    room = base.room
    program = Program(base.worker.username, room.host)
    body = json.dumps({"kind": "person", "client": room.client.ref, "amount": "100.00", "cause": "illness",
                       "reason": "住院"})  # fmt: skip
    path = f"/api/v1/funds/{base.fund.ref}/applications/"

    answers = fifty(lambda: _ask(path, room, body, program))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    with in_tenant(room.tenant):
        assert Application.objects.count() == 1
        application = payable(base, "300")
    payer = Program(base.finance[0].username, room.host)
    words = json.dumps({"method": "bank", "payee": "张某 6222", "reference": ""})

    paid = fifty(lambda: _ask(f"/api/v1/fund-applications/{application.ref}/pay/", room, words, payer))

    assert {answer.status for answer in paid} == {201}
    with in_tenant(room.tenant):
        assert [payment.state for payment in Payment.objects.all()] == ["prepared"]
    other = _ask(path, room, body.replace("100.00", "200.00"), program)
    assert other.status == 422


def _ask(path: str, room: Workroom, body: str, program: Program) -> wire.Answer:
    return wire.ask(
        "POST", path, room.host, body, "application/json",
        authorization=program.headers["Authorization"], idempotency_key="one",
    )  # fmt: skip


@pytest.mark.threads
@pytest.mark.parametrize("kills", long_at_night(2, 6))
def test_a_worker_killed_in_mid_payment_pays_each_once(base: Foundation, kills: int) -> None:
    """kill -9 at random points of a run, again and again; what is taken up again pays nothing twice."""
    many, seed = kills * 10, random.Random(21)
    with in_tenant(base.room.tenant):
        payments = [prepared(base, "80") for _ in range(many)]
        run = runs.start(payments=payments, by=base.finance[1])
    for _kill in range(kills):
        before = _paid(base)
        worker = _worker(base, run)
        while _paid(base) == before:
            time.sleep(0.005)
        time.sleep(seed.uniform(0, 0.03))
        os.kill(worker, signal.SIGKILL)
        assert os.waitpid(worker, 0)[1] == signal.SIGKILL
    assert kills <= _paid(base) < many
    os.waitpid(_worker(base, run), 0)

    with in_tenant(base.room.tenant):
        run.refresh_from_db()
        assert run.done_at
        assert Payment.objects.filter(state="paid").count() == many
        entries = Entry.objects.filter(kind="pay")
        assert entries.count() == many
        assert {entry.key for entry in entries} == {f"pay:{payment.ref}" for payment in payments}
        assert (base.reserved(), base.free()) == (0, D(100000 - 80 * many))
        assert limits.recount() == []
        assert closing.check(base.fund).findings == []


def _worker(base: Foundation, run: PaymentRun) -> int:
    """Start a process that carries the run on, with a connection of its own."""
    connections.close_all()
    worker = os.fork()
    if not worker:
        try:
            with in_tenant(base.room.tenant):
                runs.carry_on(PaymentRun.objects.get(pk=run.pk))
        finally:
            os._exit(0)
    return worker


def _paid(base: Foundation) -> int:
    with in_tenant(base.room.tenant):
        return Payment.objects.filter(state="paid").count()
