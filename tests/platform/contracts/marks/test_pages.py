"""The sheet of marks: every line on one page, saved one by one, with all that ever was and whose it is."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contracts.marks.actions import review_mark, withdraw_mark
from contracts.models import Contract, Mark
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import FIRST, TODAY
from tests.platform.contracts.marks.conftest import give

SENT = {"points": "3", "reason": "抽样 20 人", "visited_on": f"{TODAY}", "party": "evaluator"}
PART = {"HTTP_HX_REQUEST": "true"}


def sheet(contract: Contract) -> str:
    return f"/contracts/{contract.ref}/marks/"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_withdrawn_mark_stays_in_the_history(contract: Contract, zhou: User, qian: User) -> None:
    """It vanished: who had given what, when and why, and that somebody took it back."""
    mark = give(contract, qian, reason="第一次看到的情况")
    assert "第一次看到的情况" in text(signed_in(qian), sheet(contract))
    withdraw_mark(mark=mark, reason="看错了样本", by=qian)
    second = give(contract, qian, reason="第二次看到的情况")
    review_mark(mark=second, reason="样本不足，请重看", by=zhou)
    for client, address in (
        (signed_in(qian), sheet(contract)),
        (signed_in(officer("he", "city_officer", "370100")), sheet(contract)),
    ):
        page = text(client, address)
        for said in (
            "第一次看到的情况",
            "看错了样本",
            "第二次看到的情况",
            "样本不足，请重看",
            "钱专家",
            "周主任",
            "评估方",
        ):
            assert said in page, said
        assert "复核撤回" in page


def test_the_author_is_told_of_a_review(contract: Contract, zhou: User, qian: User) -> None:
    review_mark(mark=give(contract, qian), reason="样本不足，请重看", by=zhou)
    told = "您对 D1.1 的评分于"
    assert told in text(signed_in(qian), sheet(contract))
    assert told not in text(signed_in(zhou), sheet(contract))
    give(contract, qian, reason="重看之后")
    assert told not in text(signed_in(qian), sheet(contract))


def test_the_agency_sees_whose_mark_it_is_and_what_is_shown(contract: Contract, north_row: Tenant, qian: User) -> None:
    withdraw_mark(mark=give(contract, qian, reason="先前的理由"), reason="看错了样本", by=qian)
    give(contract, qian, reason="后来的理由", visited_on=FIRST)
    page = text(signed_in(member(north_row, "wei", "worker"), "north.localhost"), f"/scores/{contract.ref}/D1.1/")
    for said in ("先前的理由", "看错了样本", "后来的理由", "评估方", "钱专家", f"{FIRST}", "计入中"):
        assert said in page, said


def test_a_row_of_the_release_before_says_what_it_did_not_ask(contract: Contract, zhou: User) -> None:
    Mark.objects.create(contract=contract, code="D1.1", points=2, reason="旧评分", dated=FIRST)
    page = text(signed_in(zhou), sheet(contract))
    assert "未注明" in page
    assert "旧评分" in page


def test_a_card_is_saved_by_itself_and_says_so(contract: Contract, qian: User) -> None:
    desk = signed_in(qian)
    saved = desk.post(f"{sheet(contract)}D1.1/", SENT, **PART)
    assert saved.status_code == 200
    assert "已保存" in saved.content.decode()
    assert saved.content.decode().count("mark-card") == 1
    again = desk.post(f"{sheet(contract)}D1.1/", SENT, **PART)
    assert again.status_code == 200
    assert Mark.objects.get().visited_on == TODAY

    refused = desk.post(f"{sheet(contract)}D1.1/", {**SENT, "points": "9", "reason": "不能丢的话"}, **PART)
    assert refused.status_code == 422
    assert "不能丢的话" in refused.content.decode()
    assert "已保存" not in refused.content.decode()
    assert Mark.objects.count() == 1


def test_cases_are_typed_kept_and_asked_for_in_full(contract: Contract, qian: User) -> None:
    desk, address = signed_in(qian), f"{sheet(contract)}A3.2/"
    sent = {**SENT, "points": "1", "case_0_day": f"{FIRST}", "case_0_points": "0.5", "case_0_text": "一人离岗未备案"}
    half = desk.post(address, {**sent, "case_1_text": "只写了情况"}, **PART)
    assert half.status_code == 422
    assert "请填写这条明细" in half.content.decode()
    assert "只写了情况" in half.content.decode()
    short = desk.post(address, sent, **PART)
    assert "合计须相等" in short.content.decode()
    rest = {"case_1_day": f"{TODAY}", "case_1_points": "0.5", "case_1_text": "一人到岗未备案"}
    assert desk.post(address, {**sent, **rest}, **PART).status_code == 200
    page = text(desk, sheet(contract))
    assert "一人到岗未备案" in page
    assert 'name="case_2_day"' in page
    more = desk.post(address, {**sent, **rest, "case_3_text": "还有", "look": "cases"})
    assert 'name="case_4_day"' in more.content.decode()
    assert "还有" in more.content.decode()
    assert "error-summary" not in more.content.decode()
    assert Mark.objects.count() == 1


def test_withdrawal_and_review_have_pages_that_ask_why(contract: Contract, zhou: User, qian: User) -> None:
    mark = give(contract, qian)
    withdraw, review = f"{sheet(contract)}{mark.ref}/withdraw/", f"{sheet(contract)}{mark.ref}/review/"
    buyer, expert = signed_in(zhou), signed_in(qian)
    assert review in text(buyer, sheet(contract))
    assert withdraw not in text(buyer, sheet(contract))
    assert withdraw in text(expert, sheet(contract))
    assert "本人" in buyer.post(withdraw, {"reason": "不认同这次评分"}).content.decode()
    assert expert.get(review).status_code == 403
    assert "error-summary" in buyer.post(review, {"reason": ""}).content.decode()
    assert Mark.objects.get().withdrawn_at is None
    assert buyer.post(review, {"reason": "回执齐全"}).status_code == 302
    assert Mark.objects.get().withdrawal == "review"


def test_another_contracts_mark_is_not_found(contract: Contract, southern: Contract, zhou: User, qian: User) -> None:
    foreign = give(southern, qian)
    desk = signed_in(zhou)
    for base in (sheet(contract), sheet(southern)):
        for act in ("withdraw", "review"):
            assert desk.post(f"{base}{foreign.ref}/{act}/", {"reason": "别处的评分"}).status_code == 404
    assert Mark.objects.get().withdrawn_at is None


def test_one_may_only_mark_for_ones_own_party(contract: Contract, qian: User) -> None:
    answer = signed_in(qian).post(f"{sheet(contract)}D1.1/", {**SENT, "party": "purchaser"}, **PART)
    assert answer.status_code == 422
    assert not Mark.objects.exists()


def test_the_sheet_asks_the_same_number_of_queries_for_many_marks(
    contract: Contract, qian: User, django_assert_max_num_queries: Any
) -> None:
    desk, counts = signed_in(qian), []
    for upto in (2, 30):
        for number in range(Mark.objects.count(), upto):
            give(contract, qian, points=Decimal(number % 4), reason=f"第 {number} 次")
        with django_assert_max_num_queries(20) as asked:
            assert desk.get(sheet(contract)).status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1], counts


@pytest.mark.parametrize("role", ["district_officer", "evaluator"])
def test_a_closed_sheet_can_be_read_and_not_written(contract: Contract, role: str) -> None:
    Contract.objects.filter(pk=contract.pk).update(state="closed")
    desk = signed_in(officer("any", role, "370102"))
    page = text(desk, sheet(contract))
    assert "data-mark-form" not in page
    sent = {**SENT, "party": "evaluator" if role == "evaluator" else "purchaser"}
    assert desk.post(f"{sheet(contract)}D1.1/", sent, **PART).status_code == 422
    assert not Mark.objects.exists()
