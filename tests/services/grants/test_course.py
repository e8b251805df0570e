"""An application's course: from need to confirmation, and each way off it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common import clock
from common.refusals import Refused
from disclosure.models import Movement, Notice
from evaluation.models import Fact
from services.clients.privacy.sealed import opened
from services.funds.books import chart
from services.grants.applications import actions as application_actions
from services.grants.decisions import assessment, objections, voting
from services.grants.guards import duties, likeness, limits, page_digest
from services.grants.models import Application, Limit, Payment
from services.grants.payments import actions as payment_actions
from services.grants.payments import repayments
from services.grants.workflow import ACTS, WrongState
from services.ledger.models import Entry
from tests.services.grants.cast import (
    Foundation,
    activity,
    asked,
    assessed,
    found,
    granted,
    paid,
    payable,
    prepared,
    votes,
    wanted,
)
from tests.services.ledger.books import at_commit

D = Decimal


def used(**where: Any) -> Decimal:
    return Limit.objects.get(**where).used


def test_from_need_to_confirmation(base: Foundation) -> None:
    application = assessed(base)
    assert (application.state, application.assessed) == ("assessed", D(3000))

    application = votes(base, application, "approve", "approve", "approve")
    assert (application.state, application.awarded) == ("notice", D(3000))
    assert (base.free(), base.reserved()) == (D(97000), D(3000))
    notice = Notice.objects.get(source=f"grants.application:{application.ref}:1")
    assert (notice.number, notice.cause, notice.amount) == (application.number, "illness", D(3000))
    assert application.notice_to == clock.today() + dt.timedelta(days=7)

    application.notice_to = clock.today() - dt.timedelta(days=1)
    application.save(update_fields=["notice_to"])
    payment = payment_actions.prepare(
        application=application, method="bank", payee="张桂兰 6222", reference="B1", by=base.finance[0]
    )
    payment = payment_actions.approve_payment(payment=payment, by=base.finance[1])
    application.refresh_from_db()
    assert (application.state, payment.state) == ("paid", "paid")
    assert (base.free(), base.reserved()) == (D(97000), D(0))
    assert Movement.objects.get(amount=-3000).category == "person"
    facts = {fact.measure: fact.quantity for fact in Fact.objects.filter(source=f"grants.payment:{payment.ref}")}
    assert facts == {"granted_amount": D(3000), "grants_paid": D(1), "grant_households": D(1)}

    payment_actions.confirm(
        application=application, words="电话回访，已收到。", confirmed_on=clock.today(), by=base.worker
    )
    application.refresh_from_db()
    assert application.state == "confirmed"
    assert opened(application, "confirmation") == "电话回访，已收到。"
    assert limits.recount() == []
    at_commit()


def test_a_draft_waits_and_is_handed_in(base: Foundation) -> None:
    draft = asked(base, as_draft=True)
    assert draft.state == "draft"

    application_actions.change(
        application=draft,
        wanted=wanted(base.room, cause="accident"),
        purpose=base.purpose,
        asked=D(200),
        by=base.worker,
    )
    application_actions.submit(application=draft, by=base.worker)

    draft.refresh_from_db()
    assert (draft.state, draft.asked, draft.need.cause, draft.version) == ("submitted", D(200), "accident", 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client": None}, "client"), ({"cause": ""}, "cause"), ({"story": " "}, "story"),
        ({"kind": "activity", "client": None, "title": " "}, "title"),
        ({"kind": "service", "client": None, "title": "理发", "provider": "", "unit": "次", "quantity": 2}, "provider"),
        ({"kind": "service", "client": None, "title": "理发", "provider": "甲", "unit": "次"}, "quantity"),
    ],
)  # fmt: skip
def test_a_need_says_what_it_is(base: Foundation, changes: dict[str, Any], field: str) -> None:
    made = wanted(base.room)
    what = type(made)(**{**vars(made), **changes})

    with pytest.raises(application_actions.CannotApply) as no:
        asked(base, what=what)

    assert field in no.value.fields
    assert Application.objects.count() == 0


def test_a_closed_fund_takes_no_application(base: Foundation) -> None:
    base.fund.state, base.fund.closed_on = "closed", timezone.localdate()
    base.fund.save()
    base.purpose.fund.refresh_from_db()

    with pytest.raises(application_actions.FundClosed):
        asked(base)


def test_a_purpose_out_of_use_takes_no_application(base: Foundation) -> None:
    base.purpose.closed_on = timezone.localdate()

    with pytest.raises(application_actions.FundClosed):
        asked(base)


def test_more_than_could_ever_be_granted_is_said_at_once(base: Foundation) -> None:
    with pytest.raises(limits.OverLimit) as no:
        asked(base, "5000.01")
    assert no.value.extra == {"remaining": "5000.00"}
    with pytest.raises(limits.OverLimit) as no:
        asked(base, "10000.01", activity(base.room))
    assert no.value.extra == {"remaining": "10000.00"}


def test_no_more_is_granted_than_the_need_was_found_to_be(base: Foundation) -> None:
    application = asked(base, "3000")
    assessment.assess(application=application, amount=D(1200), findings="自付部分为1200元", by=base.head)

    assert votes(base, application, "approve", "approve", "approve").awarded == D(1200)


def test_the_assessor_asks_for_more(base: Foundation) -> None:
    application = asked(base)

    assessment.send_back(application=application, reason="请附住院发票", by=base.head)
    application.refresh_from_db()
    assert (application.state, application.state_reason) == ("returned", "请附住院发票")

    application_actions.submit(application=application, by=base.worker)
    application.refresh_from_db()
    assert application.state == "submitted"


def test_the_committee_asks_for_more_and_votes_anew(base: Foundation) -> None:
    application = votes(base, assessed(base), "return", "return", "return")
    assert (application.state, application.round) == ("returned", 2)

    application_actions.submit(application=application, by=base.worker)
    assessment.assess(application=application, amount=D(3000), findings="已补充", by=base.head)
    application.refresh_from_db()

    assert votes(base, application, "approve", "approve", "approve").state == "notice"


def test_a_rejection_holds_nothing(base: Foundation) -> None:
    application = votes(base, assessed(base), "reject", "reject", "reject")

    assert application.state == "rejected"
    assert (base.free(), base.reserved()) == (D(100000), D(0))
    assert limits.recount() == []


def test_a_withdrawn_grant_gives_everything_back(base: Foundation) -> None:
    payment = prepared(base)
    application = payment.application

    application_actions.withdraw(application=application, reason="已由医保报销", by=base.worker)

    application.refresh_from_db()
    payment.refresh_from_db()
    assert (application.state, payment.state) == ("withdrawn", "dropped")
    assert (base.free(), base.reserved()) == (D(100000), D(0))
    assert used(kind="person_year") == 0
    assert limits.recount() == []


def test_a_part_and_then_the_rest_is_given_back(base: Foundation) -> None:
    payment = paid(base)
    application, today = payment.application, clock.today()

    repayments.repay(
        application=application, amount=D(1000), reason="实际花费较少", received_on=today, by=base.finance[0]
    )
    assert used(kind="person_year") == D(2000)
    assert base.free() == D(98000)
    assert Fact.objects.get(measure="granted_amount").quantity == D(2000)

    with pytest.raises(repayments.CannotRepay) as no:
        repayments.repay(
            application=application, amount=D("2000.01"), reason="太多了", received_on=today, by=base.finance[0]
        )
    assert "amount" in no.value.fields
    repayments.repay(application=application, amount=D(2000), reason="全部退回", received_on=today, by=base.finance[0])
    assert Fact.objects.filter(measure="granted_amount").count() == 0
    assert (base.free(), used(kind="person_year")) == (D(100000), 0)
    assert limits.recount() == []
    at_commit()


def test_money_back_has_a_reason_and_a_day_that_can_be(base: Foundation) -> None:
    application = paid(base).application

    with pytest.raises(repayments.CannotRepay) as no:
        repayments.repay(
            application=application,
            amount=D(1),
            reason="",
            received_on=clock.today() + dt.timedelta(days=1),
            by=base.head,
        )

    assert set(no.value.fields) == {"received_on", "reason"}


def test_goods_are_handed_out_of_the_store(base: Foundation) -> None:
    application = payable(base)
    payment = payment_actions.prepare(
        application=application, method="goods", payee="张桂兰", reference="", by=base.finance[0]
    )

    with pytest.raises(payment_actions.NoMoney):
        payment_actions.approve_payment(payment=payment, by=base.finance[1])

    application.refresh_from_db()
    assert application.state == "payable"


def test_too_little_money_casts_no_ballot(base: Foundation) -> None:
    first = assessed(base, "10000", activity(base.room))
    base.purpose.free.refresh_from_db()
    chart.charge(
        fund=base.fund, purpose=base.purpose, amount=D(95000), by=None,
        origin=chart.PostingRef(key="fee:1", source="funds.bank:1", on=clock.today()),
    )  # fmt: skip

    with pytest.raises(voting.TooLittleMoney, match=r"¥5,000\.00"):
        votes(base, first, "approve", "approve", "approve")

    assert first.ballots.count() == 2
    first.refresh_from_db()
    assert first.state == "assessed"
    assert Limit.objects.filter(used__gt=0).count() == 0


def test_a_second_fund_gives_only_what_is_left_of_the_need(base: Foundation) -> None:
    second = found(base.room, "F2")
    first = asked(base, "3000")
    assessment.assess(application=first, amount=D(4000), findings="共需4000元", by=base.head)
    votes(base, first, "approve", "approve", "approve")

    with pytest.raises(limits.OverLimit) as no:
        application_actions.ask_another(need=first.need, purpose=second.purpose, asked=D(1001), by=base.worker)
    assert no.value.extra == {"remaining": "1000.00"}
    more = application_actions.ask_another(need=first.need, purpose=second.purpose, asked=D(1000), by=base.worker)
    with pytest.raises(limits.OverLimit):
        assessment.assess(application=more, amount=D(2999), findings="少于已资助", by=base.head)
    assessment.assess(application=more, amount=D(4000), findings="仍为4000元", by=base.head)
    assert votes(second, more, "approve", "approve", "approve").awarded == D(1000)
    assert limits.recount() == []


def test_the_same_fund_is_asked_once_for_a_need(base: Foundation) -> None:
    first = asked(base, "1000")

    with pytest.raises(application_actions.AskedAlready):
        application_actions.ask_another(need=first.need, purpose=base.purpose, asked=D(100), by=base.worker)


def test_an_objection_stops_the_notice_until_it_is_answered(base: Foundation) -> None:
    application = granted(base)
    objection = objections.raise_objection(application=application, words="他家有两套房", contact="138", by=None)
    application.refresh_from_db()
    assert (application.state, opened(objection, "contact")) == ("objected", "138")
    assert objections.raise_objection(application=application, words="他家有两套房", contact="", by=None) == objection

    objections.answer(objection=objection, is_upheld=False, words="核实后只有一套", by=base.room.director)

    application.refresh_from_db()
    assert application.state == "notice"
    with pytest.raises(objections.AnsweredAlready):
        another = objections.raise_objection(application=application, words="还是有意见", contact="", by=None)
        assert another != objection
        objections.answer(objection=objection, is_upheld=True, words="再说一次", by=base.room.director)


def test_an_upheld_objection_goes_back_to_the_committee(base: Foundation) -> None:
    application = granted(base)
    objection = objections.raise_objection(application=application, words="他家有两套房", contact="", by=None)
    with pytest.raises(voting.NotDue):
        voting.vote(application=application, verdict="approve", words="", by=base.committee[0])
    objections.answer(objection=objection, is_upheld=True, words="确有其事", by=base.monitor)
    application.refresh_from_db()
    assert (application.state, application.round, base.reserved()) == ("objected", 2, D(3000))
    assert Notice.objects.get().state == "withdrawn"

    again = votes(base, application, "approve", "approve", "approve")
    assert (again.state, base.reserved(), used(kind="person_year")) == ("notice", D(3000), D(3000))
    assert Entry.objects.filter(kind="reserve").count() == 1
    assert Notice.objects.filter(state="running").count() == 1

    objection = objections.raise_objection(application=again, words="还是不对吧", contact="", by=None)
    objections.answer(objection=objection, is_upheld=True, words="确有其事", by=base.monitor)
    again.refresh_from_db()
    gone = votes(base, again, "reject", "reject", "reject")
    assert (gone.state, base.reserved(), used(kind="person_year")) == ("rejected", 0, 0)
    assert limits.recount() == []


def test_a_stale_page_decides_nothing(base: Foundation) -> None:
    application = assessed(base)
    page = page_digest.digest_of(application)
    assessment.assess(application=application, amount=D(2000), findings="更正金额", by=base.head)

    with pytest.raises(page_digest.StalePage):
        voting.vote(application=application, verdict="approve", words="", by=base.committee[0], seen=page)

    assert application.ballots.count() == 0


def test_ballots_on_an_older_page_do_not_count(base: Foundation) -> None:
    application = votes(base, assessed(base), "approve", "approve")
    assessment.assess(application=application, amount=D(2000), findings="更正金额", by=base.head)
    application.refresh_from_db()

    assert voting.tally(application).ballots == {}
    voting.opine(application=application, has_no_objection=True, words="", by=base.monitor)
    again = votes(base, application, "approve", "approve", "approve")
    assert (again.state, again.awarded) == ("notice", D(2000))


@pytest.mark.parametrize("column", ["amount", "method"])
def test_what_was_prepared_and_changed_behind_the_pages_is_not_paid(base: Foundation, column: str) -> None:
    payment = prepared(base)
    changed = {"amount": D(1), "method": "goods"}[column]
    Payment.objects.filter(pk=payment.pk).update(**{column: changed})

    with pytest.raises(page_digest.StalePage):
        payment_actions.approve_payment(payment=payment, by=base.finance[1])

    assert Payment.objects.get(pk=payment.pk).state == "prepared"


def test_the_payee_cannot_change_between_the_two_payers(base: Foundation) -> None:
    payment = prepared(base)
    page = page_digest.digest_of_payment(payment.application, payment)
    payment_actions.drop(payment=payment, by=base.finance[0])
    other = payment_actions.prepare(
        application=payment.application, method="bank", payee="别人 6333", reference="", by=base.finance[0]
    )

    with pytest.raises(page_digest.StalePage):
        payment_actions.approve_payment(payment=other, by=base.finance[1], seen=page)
    with pytest.raises(payment_actions.PaidAlready):
        payment_actions.approve_payment(payment=payment, by=base.finance[1])


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("state", Application.State.values)
def test_every_act_in_every_wrong_state_is_refused(base: Foundation, act: str, state: str) -> None:
    if state in ACTS[act]:
        return
    application = base.__dict__.setdefault("one", granted(base))
    payment = Payment(application=application, amount=1, method="bank", prepared_by=base.finance[0].ref, seen="")
    payment.save()
    objection = application.objections.create()
    Application.objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()
    text, today = "写得够长的理由", clock.today()
    acts: dict[str, Any] = {
        "change": lambda: application_actions.change(
            application=application, wanted=wanted(base.room), purpose=base.purpose, asked=D(1), by=base.worker),
        "submit": lambda: application_actions.submit(application=application, by=base.worker),
        "assess": lambda: assessment.assess(application=application, amount=D(1), findings=text, by=base.head),
        "send_back": lambda: assessment.send_back(application=application, reason=text, by=base.head),
        "vote": lambda: voting.vote(application=application, verdict="approve", words="", by=base.committee[4]),
        "compare": lambda: likeness.compare(application=application, by=base.head),
        "opine": lambda: voting.opine(application=application, has_no_objection=True, words="", by=base.monitor),
        "object": lambda: objections.raise_objection(application=application, words=text, contact="", by=None),
        "answer": lambda: objections.answer(objection=objection, is_upheld=True, words=text, by=base.room.director),
        "withdraw": lambda: application_actions.withdraw(application=application, reason=text, by=base.worker),
        "prepare": lambda: payment_actions.prepare(
            application=application, method="bank", payee="张三", reference="", by=base.finance[0]),
        "approve_payment": lambda: payment_actions.approve_payment(payment=payment, by=base.finance[1]),
        "confirm": lambda: payment_actions.confirm(
            application=application, words=text, confirmed_on=today, by=base.worker),
        "repay": lambda: repayments.repay(
            application=application, amount=D(1), reason=text, received_on=today, by=base.head),
    }  # fmt: skip

    with pytest.raises(WrongState):
        acts[act]()


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-12-31T15:59:59.999Z", dt.date(2026, 12, 31)), ("2026-12-31T16:00:00Z", dt.date(2027, 1, 1))],
)
def test_the_day_turns_at_midnight_in_shanghai(base: Foundation, moment: str, day: dt.date) -> None:
    assert clock.day_of(dt.datetime.fromisoformat(moment)) == day


def test_nothing_is_payable_before_the_notice_is_over(base: Foundation, monkeypatch: pytest.MonkeyPatch) -> None:
    application = granted(base)
    assert application.notice_to
    monkeypatch.setattr(clock, "today", lambda: application.notice_to)
    assert objections.end_due_notices() == 0
    with pytest.raises(WrongState):
        payment_actions.prepare(application=application, method="bank", payee="张三", reference="", by=base.finance[0])

    monkeypatch.setattr(clock, "today", lambda: application.notice_to + dt.timedelta(days=1))

    assert objections.end_due_notices() == 1
    application.refresh_from_db()
    assert application.state == "payable"
    with pytest.raises(Refused):
        objections.raise_objection(application=application, words="太晚了的异议", contact="", by=None)


def test_nobody_objects_after_the_last_day(base: Foundation, monkeypatch: pytest.MonkeyPatch) -> None:
    application = granted(base)
    assert application.notice_to
    monkeypatch.setattr(clock, "today", lambda: application.notice_to + dt.timedelta(days=1))

    with pytest.raises(objections.NoticeOver):
        objections.raise_objection(application=application, words="太晚了的异议", contact="", by=None)


def test_the_two_payers_do_not_confirm(base: Foundation) -> None:
    application = paid(base).application

    for payer in base.finance:
        with pytest.raises(duties.TwoDuties):
            payment_actions.confirm(application=application, words="已经收到", confirmed_on=clock.today(), by=payer)
