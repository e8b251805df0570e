"""Applications as outside programs use them: who may, what is refused with which words, what an answer holds."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from common import clock
from services.grants.models import Application, Payment
from services.grants.payments import actions as payment_actions
from tenants.running import in_tenant
from tests.services.grants.cast import Foundation, asked, assessed, granted, payable
from tests.services.test_api import Program
from tests.workroom import Workroom

API = "/api/v1/fund-applications/"


@pytest.fixture
def far(db: None, granting: Foundation) -> Foundation:
    return granting


def program(base: Foundation, user: User) -> Program:
    return Program(user.username, base.room.host)


def body(base: Foundation, **changes: Any) -> dict[str, Any]:
    said = {"kind": "person", "client": base.room.client.ref, "amount": "300.00", "cause": "illness", "reason": "住院"}
    return {**said, **changes}


def test_the_whole_course_by_programs(far: Foundation) -> None:
    base = far
    made = program(base, base.worker).post(f"/api/v1/funds/{base.fund.ref}/applications/", body(base))
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["state"], said["amount"], said["client"]) == ("submitted", "300.00", base.room.client.ref)
    path = f"{API}{said['ref']}/"

    done = program(base, base.head).post(f"{path}assess/", {"amount": "300", "findings": "属实"})
    assert (done.status_code, done.json()["state"]) == (200, "assessed")
    chair = program(base, base.committee[0])
    digest = chair.get(path).json()["digest"]
    assert chair.get(path).json()["client"] is None
    stale = chair.post(f"{path}decide/", {"verdict": "approve", "reason": "", "seen": "0" * 64})
    assert stale.status_code == 409
    voted = chair.post(f"{path}decide/", {"verdict": "approve", "reason": "同意", "seen": digest})
    assert (voted.status_code, voted.json()["state"]) == (200, "assessed")
    heard = program(base, base.monitor).post(f"{path}opinion/", {"is_content": True, "reason": "", "seen": digest})
    assert (heard.status_code, heard.json()["state"]) == (200, "notice")
    with in_tenant(base.room.tenant):
        Application.objects.update(notice_to=clock.today() - dt.timedelta(days=1))

    first, second = (program(base, person) for person in base.finance)
    words = {"method": "bank", "payee": "张某 6222", "reference": ""}
    prepared = first.post(f"{path}pay/", words)
    assert (prepared.status_code, prepared.json()["state"]) == (201, "prepared")
    assert first.post(f"{path}pay/", words).status_code == 409
    assert second.post(f"{path}pay/", {**words, "payee": "别人 6333"}).status_code == 409
    released = second.post(f"{path}pay/", words)
    assert (released.status_code, released.json()["state"]) == (201, "paid")
    assert first.get(path).json()["state"] == "paid"


def test_a_payer_names_the_payment_that_is_meant(far: Foundation) -> None:
    """The first payer drops what was prepared while the second is about to release it: nothing is prepared anew."""
    with in_tenant(far.room.tenant):
        application = payable(far)
    path = f"{API}{application.ref}/pay/"
    first, second = (program(far, person) for person in far.finance)
    words = {"method": "bank", "payee": "张某 6222", "reference": ""}
    gone = first.post(path, words).json()["ref"]
    with in_tenant(far.room.tenant):
        payment_actions.drop(payment=Payment.objects.get(ref=gone), by=far.finance[0])

    for said in ({**words, "payment": gone}, words):
        late = second.post(path, said)
        assert late.status_code == 409, late.json()
        assert "撤销" in late.json()["reasons"][0]
    with in_tenant(far.room.tenant):
        assert list(Payment.objects.values_list("state", flat=True)) == ["dropped"]
    for name in ("nosuchpayment", application.ref):
        assert "payment" in second.post(path, {**words, "payment": name}).json()["errors"]

    anew = second.post(path, {**words, "payment": ""})  # meant to be a new one
    assert (anew.status_code, anew.json()["state"]) == (201, "prepared")
    assert first.post(path, {**words, "payment": ""}).status_code == 409
    released = first.post(path, {**words, "payment": anew.json()["ref"]})
    assert (released.status_code, released.json()["state"], released.json()["ref"]) == (201, "paid", anew.json()["ref"])
    assert first.post(path, {**words, "payment": anew.json()["ref"]}).status_code == 409


def test_who_dropped_prepares_anew(far: Foundation) -> None:
    with in_tenant(far.room.tenant):
        path = f"{API}{payable(far).ref}/pay/"
    first, words = program(far, far.finance[0]), {"method": "bank", "payee": "张某 6222", "reference": ""}
    gone = first.post(path, words).json()["ref"]
    with in_tenant(far.room.tenant):
        payment_actions.drop(payment=Payment.objects.get(ref=gone), by=far.finance[0])

    assert first.post(path, words).json()["state"] == "prepared"


def test_a_committee_and_its_monitor_decide_by_programs(far: Foundation) -> None:
    with in_tenant(far.room.tenant):
        path = f"{API}{assessed(far).ref}/"
    monitor = program(far, far.monitor)

    assert monitor.post(f"{path}opinion/", {"is_content": False, "reason": ""}).json()["errors"]["reason"]
    assert monitor.post(f"{path}opinion/", {"reason": "没有异议"}).json()["errors"]["is_content"]
    assert monitor.post(f"{path}opinion/", {"is_content": True, "seen": "0" * 64}).status_code == 409
    digest = monitor.get(path).json()["digest"]
    given = monitor.post(f"{path}opinion/", {"is_content": True, "reason": "", "seen": digest})
    assert (given.status_code, given.json()["state"]) == (200, "assessed")
    assert monitor.post(f"{path}opinion/", {"is_content": True}).status_code == 409
    assert program(far, far.committee[0]).post(f"{path}opinion/", {"is_content": True}).status_code == 403
    states = [
        program(far, person).post(f"{path}decide/", {"verdict": "approve", "reason": ""}).json()["state"]
        for person in far.committee[:3]
    ]
    assert states == ["assessed", "assessed", "notice"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"amount": "0"}, 400, "amount"), ({"amount": "-1"}, 400, "amount"), ({"amount": "1.001"}, 400, "amount"),
        ({"amount": "9" * 40}, 400, "amount"), ({"amount": None}, 400, "amount"), ({"amount": True}, 400, "amount"),
        ({"reason": ""}, 400, "reason"), ({"reason": "\x00"}, 400, "reason"), ({"cause": "greed"}, 400, "cause"),
        ({"client": "nobody"}, 400, "client"), ({"client": None}, 400, "client"), ({"kind": "wish"}, 400, "kind"),
        ({"kind": "activity", "activity": " "}, 400, "activity"),
    ],
)  # fmt: skip
def test_bad_input_is_named_at_its_field(far: Foundation, changes: dict[str, Any], status: int, field: str) -> None:
    answer = program(far, far.worker).post(f"/api/v1/funds/{far.fund.ref}/applications/", body(far, **changes))

    assert answer.status_code == status, answer.json()
    assert field in answer.json()["errors"]


def test_full_width_amounts_are_read(far: Foundation) -> None:
    answer = program(far, far.worker).post(
        f"/api/v1/funds/{far.fund.ref}/applications/", body(far, amount="１，２００．５")
    )

    assert answer.json()["amount"] == "1200.50"


def test_over_a_cap_the_rest_is_named(far: Foundation) -> None:
    with in_tenant(far.room.tenant):
        granted(far, "4900")
    worker = program(far, far.worker)

    answer = worker.post(f"/api/v1/funds/{far.fund.ref}/applications/", body(far, amount="100.01"))

    assert answer.status_code == 409
    assert answer.json()["remaining"] == "100.00"
    event = worker.post(
        f"/api/v1/funds/{far.fund.ref}/applications/",
        body(far, kind="activity", client=None, activity="重阳敬老", amount="10000.01"),
    )
    assert (event.status_code, event.json()["remaining"]) == (409, "10000.00")


def test_two_duties_are_a_conflict(far: Foundation) -> None:
    with in_tenant(far.room.tenant):
        application = asked(far, by=far.head)

    answer = program(far, far.head).post(f"{API}{application.ref}/assess/", {"amount": "100", "findings": "属实"})

    assert answer.status_code == 409
    assert "一人只担一项职责" in answer.json()["reasons"][0]


def test_the_list_is_paged_and_cut_to_whom_asks(
    far: Foundation, south_room: Workroom, django_assert_max_num_queries: Any
) -> None:
    with in_tenant(far.room.tenant):
        mine = [asked(far, str(100 + n)) for n in range(5)]
        drafts = asked(far, "50", as_draft=True)
    worker, chair = program(far, far.worker), program(far, far.committee[0])
    with django_assert_max_num_queries(14):
        first = worker.get(API, limit=3).json()
    assert [len(first["results"]), bool(first["next"])] == [3, True]
    assert first["results"][0]["client"] == far.room.client.ref
    seen = chair.get(API).json()["results"]
    assert {row["ref"] for row in seen} == {row.ref for row in mine}
    assert {row["client"] for row in seen} == {None}
    assert chair.get(f"{API}{drafts.ref}/").status_code == 404
    other = Program(south_room.director.username, south_room.host)
    assert other.get(f"{API}{mine[0].ref}/").status_code == 404
    assert other.post(f"/api/v1/funds/{far.fund.ref}/applications/", body(far)).status_code == 404


def test_a_wrong_order_is_a_conflict(far: Foundation) -> None:
    with in_tenant(far.room.tenant):
        application = assessed(far, "300")
    payer = program(far, far.finance[0])

    answer = payer.post(f"{API}{application.ref}/pay/", {"method": "bank", "payee": "张三", "reference": ""})

    assert answer.status_code == 409
