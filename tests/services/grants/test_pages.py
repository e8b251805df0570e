"""The pages of grants: a story from need to confirmation, who sees whom, and what is refused."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common import clock
from services.clients import actions as clients
from services.grants import tasks
from services.grants.guards import page_digest
from services.grants.models import Application, Objection, Payment, PaymentRun
from services.grants.payments import runs
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.grants.cast import Foundation, activity, asked, assessed, found, granted, paid, payable, prepared
from tests.services.ledger.books import at_commit
from tests.workroom import Workroom


@pytest.fixture
def north_base(db: None, granting: Foundation) -> Foundation:
    return granting


def at(name: str, *args: str) -> str:
    return reverse(f"grants:{name}", urlconf="config.urls_tenant", args=args)


def browse(base: Foundation, user: User) -> Client:
    return signed_in(user, base.room.host)


def fresh(base: Foundation, row: Any) -> Any:
    with in_tenant(base.room.tenant):
        row.refresh_from_db()
    return row


def seen(base: Foundation, application: Application) -> str:
    with in_tenant(base.room.tenant):
        return page_digest.digest_of(Application.objects.select_related("need").get(pk=application.pk))


def test_a_residents_need_from_page_to_page(north_base: Foundation) -> None:
    base, room = north_base, north_base.room
    worker, head = browse(base, base.worker), browse(base, base.head)
    assert "为什么申请" in worker.get(at("new")).content.decode()
    assert room.client.name in worker.get(at("new"), {"kind": "person"}).content.decode()
    path = f"{at('new')}?kind=person&client={room.client.ref}"
    assert worker.get(path).status_code == 200
    said = {"purpose": base.purpose.ref, "asked": "３，０００", "cause": "illness", "story": "独居老人摔伤住院"}
    answer = worker.post(path, said)
    assert answer.status_code == 302, answer.content.decode()
    with in_tenant(room.tenant):
        application = Application.objects.get()
    page = at("application", application.ref)
    assert room.client.name in worker.get(page).content.decode()

    form = {"seen": seen(base, application), "amount": "2800.50", "findings": "自付部分属实"}
    assert head.get(at("assess", application.ref)).status_code == 200
    assert head.post(at("assess", application.ref), form).status_code == 302
    assert fresh(base, application).state == "assessed"

    monitor = browse(base, base.monitor)
    assert "监督意见" in monitor.get(page).content.decode()
    opinion = {"seen": seen(base, application), "has_no_objection": "1", "words": ""}
    assert monitor.post(at("opine", application.ref), opinion).status_code == 302
    for person in base.committee[:3]:
        member = browse(base, person)
        text = member.get(at("vote", application.ref)).content.decode()
        assert room.client.name not in text
        assert "独居老人摔伤住院" in text
        ballot = {"seen": seen(base, application), "verdict": "approve", "words": ""}
        assert member.post(at("vote", application.ref), ballot).status_code == 302
    assert fresh(base, application).state == "notice"

    with in_tenant(room.tenant):
        Application.objects.update(notice_to=clock.today() - dt.timedelta(days=1))
    first, second = (browse(base, person) for person in base.finance)
    assert "提交付款" in first.get(page).content.decode()
    pay = {"seen": seen(base, application), "method": "bank", "payee": "张某 6222 0001", "reference": ""}
    assert first.post(at("prepare", application.ref), pay).status_code == 302
    with in_tenant(room.tenant):
        payment = Payment.objects.get()
        now = page_digest.digest_of_payment(Application.objects.select_related("need").get(), payment)
    assert "张某 6222 0001" in second.get(at("release", payment.ref)).content.decode()
    own = first.post(at("release", payment.ref), {"seen": now})
    assert "一人只担一项职责" in own.content.decode()
    assert second.post(at("release", payment.ref), {"seen": now, "reference": "B-1"}).status_code == 302
    assert fresh(base, application).state == "paid"

    told = {"how": "电话回访", "words": "已收到", "confirmed_on": str(clock_today(base))}
    assert worker.post(at("confirm", application.ref), told).status_code == 302
    assert fresh(base, application).state == "confirmed"
    text = worker.get(page).content.decode()
    assert "电话回访：已收到" in text
    for person in (base.head, *base.committee[:3], base.monitor, *base.finance):
        assert person.name in text


def clock_today(base: Foundation) -> dt.date:
    with in_tenant(base.room.tenant):
        return clock.today()


@pytest.mark.parametrize("kind", ["activity", "service"])
def test_an_activity_and_a_service_have_their_own_fields(north_base: Foundation, kind: str) -> None:
    worker = browse(north_base, north_base.worker)
    said = {
        "purpose": north_base.purpose.ref, "asked": "800", "story": "为独居老人举办", "title": "重阳敬老",
        "site": north_base.room.station.ref, "provider": "某理发店", "unit": "次", "quantity": "40", "as_draft": "on",
    }  # fmt: skip

    assert worker.post(f"{at('new')}?kind={kind}", said).status_code == 302

    with in_tenant(north_base.room.tenant):
        made = Application.objects.get()
        assert (made.state, made.need.kind, made.need.provider) == (
            "draft",
            kind,
            "某理发店" if kind == "service" else "",
        )
    page = worker.get(at("application", made.ref)).content.decode()
    assert "提交" in page
    assert worker.get(at("change", made.ref)).status_code == 200
    assert worker.post(at("submit", made.ref)).status_code == 302
    assert fresh(north_base, made).state == "submitted"
    assert worker.post(at("withdraw", made.ref), {"reason": "不办了"}).status_code == 302
    assert fresh(north_base, made).state == "withdrawn"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "须大于 0"), ("-5", "不能是负数"), ("1.001", "两位小数"), ("9" * 30, "太大"), ("很多", "数字金额"),
     ("", "必填"), ("5000.01", "上限")],
)  # fmt: skip
def test_bad_amounts_are_said_beside_the_field(north_base: Foundation, amount: str, words: str) -> None:
    worker = browse(north_base, north_base.worker)
    path = f"{at('new')}?kind=person&client={north_base.room.client.ref}"

    answer = worker.post(
        path, {"purpose": north_base.purpose.ref, "asked": amount, "cause": "illness", "story": "住院"}
    )

    assert answer.status_code == 200
    assert words in answer.content.decode()
    with in_tenant(north_base.room.tenant):
        assert Application.objects.count() == 0


def test_who_withdraws(north_base: Foundation) -> None:
    with in_tenant(north_base.room.tenant):
        application = granted(north_base)
    path = at("withdraw", application.ref)

    refused = browse(north_base, north_base.head).post(path, {"reason": "不是我的"})
    assert "只有提出申请的人" in refused.content.decode()
    assert browse(north_base, north_base.room.director).post(path, {"reason": "申请人已离职"}).status_code == 302
    assert fresh(north_base, application).state == "withdrawn"


def test_a_form_sent_twice_makes_one_application(north_base: Foundation) -> None:
    worker = browse(north_base, north_base.worker)
    path = f"{at('new')}?kind=person&client={north_base.room.client.ref}"
    said = {
        "purpose": north_base.purpose.ref, "asked": "100", "cause": "illness", "story": "住院",
        "once": "6a1f0f7e-3b1f-4a53-9a1c-2f6d3f1e7a10",
    }  # fmt: skip

    answers = {worker.post(path, said).headers["Location"] for _ in range(2)}

    assert len(answers) == 1
    with in_tenant(north_base.room.tenant):
        assert Application.objects.count() == 1


def test_a_stale_page_is_shown_anew(north_base: Foundation) -> None:
    with in_tenant(north_base.room.tenant):
        application = assessed(north_base)
    member = browse(north_base, north_base.committee[0])

    answer = member.post(at("vote", application.ref), {"seen": "0" * 64, "verdict": "approve", "words": ""})

    assert "页面内容已经变化" in answer.content.decode()
    assert seen(north_base, application) in answer.content.decode()
    with in_tenant(north_base.room.tenant):
        assert application.ballots.count() == 0


def test_every_page_of_every_state_opens_for_whom_it_is_meant(north_base: Foundation) -> None:
    base = north_base
    with in_tenant(base.room.tenant):
        made = {
            "assess": asked(base, "100"), "vote": assessed(base, "200"), "object": granted(base, "300"),
            "prepare": payable(base, "400"), "repay": paid(base, "500").application,
        }  # fmt: skip
        payment = prepared(base, "600")
    people = [base.worker, base.head, base.room.director, base.committee[0], base.monitor, *base.finance]
    for person in people:
        browser = browse(base, person)
        assert browser.get(at("list")).status_code == 200
        assert browser.get(at("list"), {"queue": "mine"}).status_code == 200
        for application in [*made.values(), payment.application]:
            assert browser.get(at("application", application.ref)).status_code == 200, (person.name, application.state)
    treasurer = browse(base, base.finance[1])
    for path in (at("prepare", made["prepare"].ref), at("repay", made["repay"].ref), at("release", payment.ref)):
        assert treasurer.get(path).status_code == 200
    assert treasurer.get(at("payments")).status_code == 200
    assert treasurer.get(at("payments"), {"export": "xlsx"}).content[:2] == b"PK"
    assert treasurer.get(at("list"), {"export": "xlsx"}).content[:2] == b"PK"


def test_what_waits_for_each(north_base: Foundation) -> None:
    base = north_base
    with in_tenant(base.room.tenant):
        numbers = {
            "head": asked(base, "100").number, "committee": assessed(base, "200").number,
            "finance": payable(base, "400").number, "second": prepared(base, "600").application.number,
            "worker": paid(base, "500").application.number,
        }  # fmt: skip

    def waits(person: User) -> set[str]:
        text = browse(base, person).get(at("list"), {"queue": "mine"}).content.decode()
        return {name for name, number in numbers.items() if number in text}

    assert waits(base.head) == {"head"}
    assert waits(base.committee[1]) == {"committee"}
    assert waits(base.monitor) == {"committee"}
    assert waits(base.finance[0]) == {"finance"}
    assert waits(base.finance[1]) == {"finance", "second"}
    assert waits(base.worker) == {"worker"}


def test_the_list_asks_the_same_few_questions_however_long(
    north_base: Foundation, django_assert_max_num_queries: Any
) -> None:
    with in_tenant(north_base.room.tenant):
        for n in range(12):
            asked(north_base, str(100 + n), activity(north_base.room) if n % 2 else None)
    browser = browse(north_base, north_base.room.director)

    with django_assert_max_num_queries(16):
        assert browser.get(at("list")).status_code == 200


def test_a_restricted_client_stays_unknown_to_others(north_base: Foundation) -> None:
    base, room = north_base, north_base.room
    with in_tenant(room.tenant):
        clients.restrict(client=room.client, workers=[room.wei], by=room.director)
        application = granted(base)
    for person in (room.director, base.finance[0], base.committee[0]):
        text = browse(base, person).get(at("application", application.ref)).content.decode()
        assert room.client.name not in text
        assert "重大疾病" not in text
        assert room.station.name not in text
        assert room.client.name not in browse(base, person).get(at("list")).content.decode()
    assert browse(base, base.head).get(at("application", application.ref)).status_code == 200  # who assessed it
    assert room.client.name in browse(base, base.worker).get(at("application", application.ref)).content.decode()
    public = Client(HTTP_HOST=room.host).get(at("object", application.number)).content.decode()
    assert "重大疾病" not in public


def test_another_agencys_application_is_not_found(north_base: Foundation, south_room: Workroom) -> None:
    with in_tenant(south_room.tenant):
        other = found(south_room)
        theirs = asked(other)
        at_commit()
    browser = browse(north_base, north_base.room.director)

    assert browser.get(at("application", theirs.ref)).status_code == 404


def test_behind_a_proxy_of_ours_each_address_objects_for_itself(north_base: Foundation, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with in_tenant(north_base.room.tenant):
        application = granted(north_base)
    stranger, path = Client(HTTP_HOST=north_base.room.host), at("object", application.number)

    def object_from(address: str, n: int) -> str:
        said = {"words": f"第几条异议{n}"}
        return str(stranger.post(path, said, headers={"X-Forwarded-For": f"6.6.6.{n}, {address}"}).content.decode())

    assert all("次数太多" not in object_from("203.0.113.7", n) for n in range(5))
    assert "次数太多" in object_from("203.0.113.7", 6)
    assert "次数太多" not in object_from("203.0.113.8", 7)


def test_anybody_objects_and_a_monitor_answers(north_base: Foundation) -> None:
    base = north_base
    with in_tenant(base.room.tenant):
        application = granted(base)
    stranger = Client(HTTP_HOST=base.room.host)
    path = at("object", application.number)
    page = stranger.get(path).content.decode()
    assert application.number in page
    assert base.room.client.name not in page
    assert "已收到" in stranger.post(path, {"words": "他家有两套房子", "contact": "138"}).content.decode()
    assert fresh(base, application).state == "objected"
    for n in range(4):
        stranger.post(path, {"words": f"又一条异议{n}"})
    sixth = stranger.post(path, {"words": "第六条异议了"})
    assert (sixth.status_code, "次数太多" in sixth.content.decode()) == (429, True)
    assert int(sixth["Retry-After"]) > 3500
    with in_tenant(base.room.tenant):
        first = Objection.objects.order_by("pk").first()
        assert first
        assert Objection.objects.count() == 5

    monitor = browse(base, base.monitor)
    assert "他家有两套房子" in monitor.get(at("answer", first.ref)).content.decode()
    said = {"verdict": "dismissed", "words": "核实后不成立"}
    assert browse(base, base.worker).post(at("answer", first.ref), said).status_code == 403
    assert monitor.post(at("answer", first.ref), said).status_code == 302
    assert fresh(base, first).state == "dismissed"
    assert fresh(base, application).state == "objected"


def test_no_notice_no_page_to_object(north_base: Foundation) -> None:
    with in_tenant(north_base.room.tenant):
        application = assessed(north_base)

    assert Client(HTTP_HOST=north_base.room.host).get(at("object", application.number)).status_code == 404


def test_chosen_payments_are_released_together(
    north_base: Foundation, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = north_base
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.pay_run, "delay", lambda **said: sent.append(said))
    with in_tenant(base.room.tenant):
        chosen = [prepared(base, str(100 * n)) for n in (1, 2, 3)]
    second = browse(base, base.finance[1])
    assert "批量复核付款" in second.get(at("payments")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = second.post(at("start_run"), {"ref": [payment.ref for payment in chosen]})
    with in_tenant(base.room.tenant):
        run = PaymentRun.objects.get()
        assert sent == [{"tenant": "north", "run": run.ref}]
        Application.objects.filter(pk=chosen[1].application_id).update(state="objected")
        assert runs.carry_on(run) == 2
        assert runs.carry_on(run) == 0
        run.refresh_from_db()
        assert run.done_at
        assert sorted(Payment.objects.values_list("state", flat=True)) == ["paid", "paid", "prepared"]
    text = second.get(answer.headers["Location"]).content.decode()
    assert "有异议" in text
    assert "没有可以复核的付款" in second.post(at("start_run"), {}, follow=True).content.decode()


def test_the_director_merges_two_files_of_one_person(north_base: Foundation) -> None:
    base, room = north_base, north_base.room
    with in_tenant(room.tenant):
        today = clock.today()
        file = clients.ClientFile(name="张桂兰", site=room.station, worker=room.wei)
        twin = clients.open_file(file=file, opened_on=today, today=today, by=base.worker)
    director = browse(base, room.director)
    path = at("merge", room.client.ref)

    assert browse(base, base.worker).get(path).status_code == 403
    assert "没有找到" in director.post(path, {"duplicate": "C1999-00001"}).content.decode()
    assert director.post(path, {"duplicate": twin.number}).status_code == 302
    assert fresh(base, twin).merged_into_id == room.client.pk
    assert "已并入另一份" in director.get(f"/clients/{twin.ref}/").content.decode()
    assert twin.number not in director.get("/clients/").content.decode()
    director.post(f"/clients/{twin.ref}/reopen/")
    assert fresh(base, twin).state == "closed"
