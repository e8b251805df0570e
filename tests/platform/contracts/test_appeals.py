"""An agency appeals a line of its score; the district's officer answers; history stays."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from audit.models import AuditEntry
from contracts.appeals import actions as appeal_actions
from contracts.marks.actions import give_mark
from contracts.models import Appeal, Contract
from contracts.publishing import actions as publishing
from contracts.rules import appeal_problems, words_problems
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import TODAY
from tests.platform.contracts.test_actions import mark_everything

WHY = "调查表原件都在，漏看了第二批。"


@pytest.fixture
def marked(contract: Contract) -> Contract:
    give_mark(
        party="purchaser",
        contract=contract,
        code="D1.1",
        points=Decimal("2.5"),
        reason="材料不全",
        today=TODAY,
        by=None,
    )
    return contract


@pytest.fixture
def lin(contract: Contract, north_row: Tenant) -> User:
    return member(north_row, "lin", "station_head", name="林站长")


@pytest.fixture
def open_appeal(marked: Contract, lin: User) -> Appeal:
    return appeal_actions.make_appeal(contract=marked, code="D1.1", reason=WHY, today=TODAY, by=lin)


def uphold(appeal: Appeal, by: User, answer: str, points: str = "3.5") -> Appeal:
    return appeal_actions.answer_appeal(
        appeal=appeal, is_accepted=True, answer=answer, effect="points", points=Decimal(points), clause="第三条", by=by
    )


@pytest.mark.parametrize(
    ("points", "full", "closed", "reason", "said"),
    [
        ("2", "5", False, WHY, ""),
        ("0", "1", False, WHY, ""),
        ("2", "5", True, WHY, "已结项"),
        (None, "5", False, WHY, "还没有评分"),
        ("5", "5", False, WHY, "没有失分"),
        ("2", "5", False, "  ", "请写明理由"),
        ("2", "5", False, "长" * 501, "最多 500 字"),
    ],
)
def test_what_may_be_appealed(points: str | None, full: str, closed: bool, reason: str, said: str) -> None:
    given = None if points is None else Decimal(points)
    problems = appeal_problems(points=given, full=Decimal(full), is_closed=closed, reason=reason)
    assert problems == [] if not said else said in problems[0]


@pytest.mark.parametrize("words", ["证号 370102194903071222", "37010219490307122X。", "打 13864100001 可核实"])
def test_a_reason_names_nobody_by_number(words: str) -> None:
    assert words_problems(words)
    assert words_problems("编号 2026112112345678901234 的材料，共 12345678901 页") == []


def test_an_appeal_is_kept_with_the_points_of_its_day_and_logged(open_appeal: Appeal, lin: User) -> None:
    assert (open_appeal.state, open_appeal.points, open_appeal.by) == ("open", Decimal("2.5"), lin)
    assert open_appeal.title
    entry = AuditEntry.objects.get(act="contracts.appeal.made")
    assert entry.actor == lin.ref
    assert WHY not in str(entry.details)


def test_one_appeal_of_a_line_is_open_at_a_time(open_appeal: Appeal, marked: Contract, zhou: User) -> None:
    with pytest.raises(appeal_actions.AlreadyAppealed):
        appeal_actions.make_appeal(contract=marked, code="D1.1", reason=WHY, today=TODAY, by=None)
    with pytest.raises(IntegrityError, match="appeal_open_once"), transaction.atomic():
        Appeal.objects.create(contract=marked, code="D1.1", points=1, reason=WHY)

    appeal_actions.answer_appeal(appeal=open_appeal, is_accepted=False, answer="已核对", by=zhou)
    appeal_actions.make_appeal(contract=marked, code="D1.1", reason="又找到一份", today=TODAY, by=None)
    assert [each.state for each in marked.appeals.all()] == ["open", "kept"]


@pytest.mark.parametrize("code", ["C1.1", "D1.2", "V1"])
def test_lines_that_lost_nothing_or_have_no_score_are_refused(
    marked: Contract, visits: Callable[..., None], code: str
) -> None:
    give_mark(
        party="purchaser",
        contract=marked,
        code="D1.2",
        points=marked.edition.by_code["D1.2"].max_score,
        reason="好",
        today=TODAY,
        by=None,
    )
    with pytest.raises(appeal_actions.CannotAppeal):
        appeal_actions.make_appeal(contract=marked, code=code, reason=WHY, today=TODAY, by=None)


def test_a_found_veto_and_a_measured_line_may_be_appealed(marked: Contract, visits: Callable[..., None]) -> None:
    visits(3)
    give_mark(party="purchaser", contract=marked, code="V1", points=None, reason="抽查不实", today=TODAY, by=None)
    for code in ("V1", "C1.1"):
        assert appeal_actions.make_appeal(contract=marked, code=code, reason=WHY, today=TODAY, by=None).is_open


def test_an_answer_is_given_once_by_somebody_else_with_a_reason(open_appeal: Appeal, lin: User, zhou: User) -> None:
    for answer, by in (("", zhou), ("13864100001", zhou), ("好的", lin)):
        with pytest.raises(appeal_actions.CannotAnswer):
            uphold(open_appeal, by, answer)

    done = uphold(open_appeal, zhou, "已查到")

    assert (done.state, done.answer, done.answered_by, done.effect) == ("accepted", "已查到", zhou, "points")
    assert AuditEntry.objects.get(act="contracts.appeal.answered").details["state"] == "accepted"
    with pytest.raises(appeal_actions.AlreadyAnswered):
        appeal_actions.answer_appeal(appeal=open_appeal, is_accepted=False, answer="改主意", by=zhou)


@pytest.mark.parametrize(
    "change",
    [{"state": "kept"}, {"answer": "空口"}, {"state": "gone"}, {"state": "kept", "answered_at": timezone.now()}],
)
def test_the_database_keeps_answered_and_open_apart(open_appeal: Appeal, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=open_appeal.pk).update(**change)


def test_a_score_is_not_published_over_an_open_appeal(open_appeal: Appeal, marked: Contract, zhou: User) -> None:
    mark_everything(marked)
    with pytest.raises(publishing.CannotClose, match="待答复的申诉"):
        publishing.close_period(contract=marked, as_of=TODAY, today=TODAY, accept_missing=True, by=zhou)

    appeal_actions.answer_appeal(appeal=open_appeal, is_accepted=False, answer="已核对", by=zhou)
    publishing.close_period(contract=marked, as_of=TODAY, today=TODAY, accept_missing=True, by=zhou)


def test_the_whole_way_from_the_line_to_the_new_points(marked: Contract, lin: User, zhou: User) -> None:
    head, desk = signed_in(lin, "north.localhost"), signed_in(zhou)
    make = f"/scores/{marked.ref}/D1.1/appeal/"
    assert make in head.get(f"/scores/{marked.ref}/").content.decode()
    assert make not in head.get(f"/scores/{marked.ref}/?as_of=2026-03-01").content.decode()
    assert "不写服务对象的姓名" in head.get(make).content.decode()

    made = head.post(make, {"reason": WHY}, follow=True).content.decode()
    assert "申诉已提出" in made
    assert "待答复" in made
    assert make not in head.get(f"/scores/{marked.ref}/").content.decode()
    assert WHY in head.get(f"/scores/{marked.ref}/D1.1/").content.decode()

    appeal = Appeal.objects.get()
    here = f"/contracts/{marked.ref}/appeals/{appeal.ref}/"
    assert desk.get("/contracts/").context["overview"].appeals == 1
    for page in ("/contracts/appeals/?state=open", f"/contracts/{marked.ref}/scorecard/"):
        assert here in desk.get(page).content.decode(), page
    assert f"{here}answer/" in desk.get(here).content.decode()
    answer = {"outcome": "accepted", "answer": "第二批已查到"}
    assert "须写明对得分的影响" in desk.post(f"{here}answer/", answer).content.decode()
    assert Appeal.objects.get().is_open
    sent = desk.post(f"{here}answer/", {**answer, "effect": "points", "points": "3.5", "clause": "细则第三条"})
    assert sent["Location"] == here
    card = desk.get(f"/contracts/{marked.ref}/scorecard/").context["card"]
    assert card.line("D1.1").score == Decimal("3.5")

    seen = head.get(f"/scores/{marked.ref}/appeals/{appeal.ref}/").content.decode()
    assert "申诉成立" in seen
    assert "第二批已查到" in seen
    assert "周主任" in seen
    assert "2.5 / " in seen
    assert desk.get("/contracts/").context["overview"].appeals == 0
    assert make in head.get(f"/scores/{marked.ref}/").content.decode()


@pytest.mark.parametrize("sent", [{"once": ""}, {"reason": ""}, {"reason": "长" * 501}, {"reason": "打 13864100001"}])
def test_a_bad_appeal_is_refused_beside_the_field_and_kept(marked: Contract, lin: User, sent: dict[str, str]) -> None:
    answer = signed_in(lin, "north.localhost").post(f"/scores/{marked.ref}/D1.1/appeal/", sent)

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"once": ""},
        {"outcome": "kept"},
        {"outcome": "open", "answer": "好"},
        {"outcome": "kept", "answer": "13864100001"},
    ],
)
def test_a_bad_answer_is_refused_and_kept(open_appeal: Appeal, zhou: User, sent: dict[str, str]) -> None:
    address = f"/contracts/{open_appeal.contract.ref}/appeals/{open_appeal.ref}/answer/"
    answer = signed_in(zhou).post(address, sent)

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    open_appeal.refresh_from_db()
    assert open_appeal.is_open


def test_an_answered_appeal_is_not_answered_again_by_its_page(open_appeal: Appeal, zhou: User) -> None:
    address = f"/contracts/{open_appeal.contract.ref}/appeals/{open_appeal.ref}/answer/"
    desk, sent = signed_in(zhou), {"outcome": "kept", "answer": "维持"}
    assert desk.post(address, sent).status_code == 302

    again = desk.post(address, {**sent, "outcome": "accepted"})

    assert again.status_code == 200
    assert "已经答复过" in again.content.decode()
    assert "维持原分" in desk.get(f"/contracts/{open_appeal.contract.ref}/scorecard/").content.decode()


def test_who_may_appeal_answer_and_see(open_appeal: Appeal, north_row: Tenant, south_row: Tenant) -> None:
    contract = open_appeal.contract
    make, own = f"/scores/{contract.ref}/D1.1/appeal/", f"/scores/{contract.ref}/appeals/{open_appeal.ref}/"
    one = f"/contracts/{contract.ref}/appeals/{open_appeal.ref}/"
    worker = signed_in(member(north_row, "wei", "worker"), "north.localhost")
    director = signed_in(member(north_row, "zhao", "agency_director"), "north.localhost")
    southern = signed_in(member(south_row, "song", "agency_director"), "south.localhost")
    assert [who.get(make).status_code for who in (worker, director, southern)] == [403, 200, 404]
    assert [who.get(own).status_code for who in (worker, director, southern)] == [200, 200, 404]
    assert "提出申诉" not in worker.get(f"/scores/{contract.ref}/").content.decode()
    assert open_appeal.ref not in southern.get("/scores/appeals/").content.decode()
    for wrong in ("Z9", "A1"):
        assert director.get(f"/scores/{contract.ref}/{wrong}/appeal/").status_code == 404
    assert director.get(f"/scores/{contract.ref}/appeals/nothing/").status_code == 404

    city, expert = signed_in(officer("he", "city_officer", "370100")), signed_in(officer("q", "evaluator", "370100"))
    far, teacher = signed_in(officer("hai", "district_officer", "330481")), signed_in(officer("sun", "supervisor"))
    assert [who.get(one).status_code for who in (city, expert, far, teacher)] == [200, 200, 404, 403]
    answers = [who.post(f"{one}answer/", {}).status_code for who in (city, expert, far, teacher)]
    assert answers == [403, 403, 404, 403]
    assert "答复申诉" not in city.get(one).content.decode()
    assert open_appeal.ref not in far.get("/contracts/appeals/").content.decode()
    assert Client(HTTP_HOST="localhost").get(one).status_code == 302


def test_who_appealed_cannot_answer_even_as_an_officer(open_appeal: Appeal, lin: User) -> None:
    FloorRole.objects.create(user=lin, role="district_officer", area="370102")
    address = f"/contracts/{open_appeal.contract.ref}/appeals/{open_appeal.ref}/answer/"

    answer = signed_in(lin).post(address, {"outcome": "accepted", "answer": "我说成立"})

    assert answer.status_code == 200
    assert "不能答复自己提出的申诉" in answer.content.decode()


def test_a_closed_contract_is_not_appealed(marked: Contract, lin: User) -> None:
    mark_everything(marked)
    last = marked.ends_on
    publishing.close_period(contract=marked, as_of=last, today=last, accept_missing=True, by=None)
    head = signed_in(lin, "north.localhost")

    assert "/appeal/" not in head.get(f"/scores/{marked.ref}/").content.decode()
    assert head.post(f"/scores/{marked.ref}/C1.1/appeal/", {"reason": WHY}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "north.localhost"])
def test_lists_ask_the_same_number_of_queries_for_many_and_are_exported(
    marked: Contract, lin: User, zhou: User, django_assert_max_num_queries: Any, host: str
) -> None:
    browser = signed_in(zhou if host == "localhost" else lin, host)
    address = "/contracts/appeals/" if host == "localhost" else "/scores/appeals/"
    codes = [rule.code for rule in marked.edition.leaves]
    counts = []
    for upto in (2, 20):
        for number in range(Appeal.objects.count(), upto):
            made_at = timezone.now() - dt.timedelta(hours=number)
            Appeal.objects.create(contract=marked, code=codes[number], points=1, reason=WHY, made_at=made_at)
        browser.get(address)  # so that the host's agency is remembered
        with django_assert_max_num_queries(10) as asked:
            text = browser.get(address).content.decode()
        assert f"共 {upto} 条" in text
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
    assert browser.get(f"{address}?export=xlsx").content.startswith(b"PK")
    assert "共 20 条" in browser.get(f"{address}?state=open&q=千佛山").content.decode()
    assert "没有符合条件" in browser.get(f"{address}?state=kept").content.decode()
