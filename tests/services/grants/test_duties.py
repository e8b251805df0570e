"""AT-38: one person holds one duty, whatever account is used; who sits where; and what a committee needs."""

import datetime as dt

import pytest

from accounts.models import User
from common import clock
from services.funds.models import CommitteeMember
from services.grants.decisions import assessment, objections, voting
from services.grants.guards.duties import TwoDuties
from services.grants.models import Application
from services.grants.payments import actions as payment_actions
from tests.cast import member
from tests.services.grants.cast import Foundation, asked, assessed, granted, payable, prepared, seat, votes


def twin(base: Foundation, of: User, role: str) -> User:
    """A second account of the same person."""
    return member(base.room.tenant, f"{of.username}-2", role, name=f" {of.name} ")


def test_nobody_assesses_the_own_application(base: Foundation) -> None:
    application = asked(base, by=base.head)

    with pytest.raises(TwoDuties):
        assessment.assess(application=application, amount=application.asked, findings="属实", by=base.head)
    with pytest.raises(TwoDuties, match="两个账号"):
        assessment.assess(
            application=application, amount=application.asked, findings="属实", by=twin(base, base.head, "station_head")
        )


@pytest.mark.parametrize("who", ["worker", "head"])
def test_applicant_and_assessor_do_not_vote_but_recuse(base: Foundation, who: str) -> None:
    application = assessed(base)
    person = getattr(base, who)
    seat(base.fund, person, "member", clock.today() - dt.timedelta(days=9))
    seat(base.fund, member(base.room.tenant, "seventh", "fund_committee", name="第七"), "member", clock.today())

    with pytest.raises(TwoDuties):
        voting.vote(application=application, verdict="approve", words="", by=person)

    assert person.ref in voting.tally(application).recused
    voting.vote(application=application, verdict="recuse", words="与申请有关", by=person)


def test_the_same_person_does_not_vote_with_two_accounts(base: Foundation) -> None:
    application = votes(base, assessed(base), "approve")
    second = twin(base, base.committee[0], "fund_committee")
    CommitteeMember.objects.filter(fund=base.fund, person=base.committee[4].ref).update(person=second.ref)

    with pytest.raises(TwoDuties, match="两个账号"):
        voting.vote(application=application, verdict="approve", words="", by=second)


@pytest.mark.parametrize("who", ["worker", "head", "member", "monitor"])
def test_no_payer_had_another_duty(base: Foundation, who: str) -> None:
    application = payable(base)
    person = {"worker": base.worker, "head": base.head, "member": base.committee[1], "monitor": base.monitor}[who]

    with pytest.raises(TwoDuties):
        payment_actions.prepare(application=application, method="bank", payee="张三", reference="", by=person)
    payment = payment_actions.prepare(
        application=application, method="bank", payee="张三", reference="", by=base.finance[0]
    )
    with pytest.raises(TwoDuties):
        payment_actions.approve_payment(payment=payment, by=person)


def test_one_person_does_not_pay_alone(base: Foundation) -> None:
    payment = prepared(base)

    with pytest.raises(TwoDuties):
        payment_actions.approve_payment(payment=payment, by=base.finance[0])
    with pytest.raises(TwoDuties, match="两个账号"):
        payment_actions.approve_payment(payment=payment, by=twin(base, base.finance[0], "finance"))

    payment.refresh_from_db()
    assert payment.state == "prepared"


def test_without_a_seat_nobody_votes(base: Foundation) -> None:
    application = assessed(base)
    stranger = member(base.room.tenant, "stranger", "fund_committee", name="路人")

    for person in (stranger, base.monitor):
        with pytest.raises(voting.NotOnCommittee):
            voting.vote(application=application, verdict="approve", words="", by=person)
    with pytest.raises(voting.NotOnCommittee):
        voting.opine(application=application, has_no_objection=True, words="", by=base.committee[0])


def test_a_seat_that_ended_votes_no_more(base: Foundation) -> None:
    application = assessed(base)
    yesterday = clock.today() - dt.timedelta(days=1)
    CommitteeMember.objects.filter(person=base.committee[4].ref).update(to_on=yesterday)

    with pytest.raises(voting.NotOnCommittee):
        voting.vote(application=application, verdict="approve", words="", by=base.committee[4])
    with pytest.raises(voting.CommitteeNotInOrder) as no:
        voting.vote(application=application, verdict="approve", words="", by=base.committee[0])
    assert len(no.value.reasons) == 2


def test_one_ballot_and_one_opinion_a_round(base: Foundation) -> None:
    application = votes(base, assessed(base), "approve")

    with pytest.raises(voting.VotedAlready):
        voting.vote(application=application, verdict="reject", words="改主意了", by=base.committee[0])
    with pytest.raises(voting.VotedAlready):
        voting.opine(application=application, has_no_objection=False, words="程序不对", by=base.monitor)


def test_no_and_recusal_say_why(base: Foundation) -> None:
    application = assessed(base)

    for verdict in ("reject", "return", "recuse"):
        with pytest.raises(voting.CannotVote):
            voting.vote(application=application, verdict=verdict, words=" ", by=base.committee[1])
    with pytest.raises(voting.CannotVote):
        voting.opine(application=application, has_no_objection=False, words="", by=base.monitor)


def test_small_amounts_are_the_chairs(base: Foundation) -> None:
    application = assessed(base, "500")
    with pytest.raises(voting.NotDue):
        voting.vote(application=application, verdict="approve", words="", by=base.committee[1])

    said = voting.vote(application=application, verdict="approve", words="", by=base.committee[0])
    assert said.state == "assessed"  # the ladder shortens the vote, it never drops the monitor
    assert voting.opine(application=application, has_no_objection=True, words="", by=base.monitor).state == "notice"

    other = assessed(base, "501")
    assert voting.vote(application=other, verdict="approve", words="", by=base.committee[0]).state == "assessed"


def test_who_decided_does_not_answer_the_objection(base: Foundation) -> None:
    application = granted(base)
    objection = objections.raise_objection(application=application, words="有异议要提", contact="", by=None)

    with pytest.raises(TwoDuties):
        objections.answer(objection=objection, is_upheld=False, words="不成立", by=base.committee[0])
    assert Application.objects.get(pk=application.pk).state == "objected"
