"""The committee decides: ballots, the monitor's opinion, and the result, which falls with the deciding word."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.money import yuan
from common.refusals import Conflict, RefusedFields
from disclosure import door as disclosure
from services.clients.privacy.sealed import sealed
from services.funds.access import committee_on
from services.funds.books import chart
from services.funds.models import CommitteeMember, Fund
from services.funds.rules import FundRules, committee_problems, rules_of
from services.grants import rules, telling, workflow
from services.grants.applications.actions import FundClosed
from services.grants.guards import duties, likeness, limits, page_digest, reservations
from services.grants.guards.persons import final_file
from services.grants.models import Application, Ballot, Need, Objection, Opinion
from services.journal import log
from services.ledger.posting import NotEnough
from tenants.running import current_slug

State = Application.State
VOTES = (CommitteeMember.Role.CHAIR, CommitteeMember.Role.MEMBER)


class CannotVote(RefusedFields):
    """The ballot or the opinion says too little."""


class NotOnCommittee(Conflict):
    """The person is no voting member (or monitor) of this fund's committee today."""


class CommitteeNotInOrder(Conflict):
    """The committee has too few members, no chair or no monitor; the reasons say which."""


class VotedAlready(Conflict):
    """One person has one ballot (or opinion) in a round."""


class NotDue(Conflict):
    """An objection is still open, or this step is the chair's alone."""


class TooLittleMoney(Conflict):
    """The purpose has less free than was to be granted."""


@transaction.atomic
def vote(*, application: Application, verdict: str, words: str, by: User, seen: str | None = None) -> Application:
    """Cast a ballot, or recuse oneself with a reason. The deciding ballot decides: money, limits and notice with it.

    :raises NotOnCommittee: for who is no voting member of the committee today.
    :raises CommitteeNotInOrder: if the committee breaks its rules.
    :raises services.grants.guards.duties.TwoDuties: for the applicant and the assessor; they may recuse themselves.
    :raises services.grants.guards.limits.OverLimit: if the result would go over a cap; the ballot is then not cast.
    :raises TooLittleMoney: if the purpose has less free; the ballot is then not cast.
    :raises services.grants.guards.likeness.NotCompared: before two people compared the files that look alike.
    """
    application = workflow.locked(application, "vote")
    now_shown = page_digest.digest_of(application)
    page_digest.check(seen, now_shown)
    member = _member(application, by, VOTES)
    _in_order(application)
    if verdict != rules.RECUSE:
        duties.refuse_double(application, by, "decider")
        _refuse_other_step(application, member)
    if problems := rules.words_problems(words, least=0 if verdict == rules.APPROVE else 2, most=500):
        raise CannotVote({"words": problems})
    if application.ballots.filter(round=application.round, person=by.ref, seen=now_shown).exists():
        raise VotedAlready(_("您已经表决过。"))
    application.ballots.filter(round=application.round, person=by.ref).delete()  # cast on what is no longer shown
    ballot = Ballot(application=application, round=application.round, member=member, person=by.ref, verdict=verdict)
    ballot.seen, ballot.words_sealed = now_shown, sealed(ballot, "words", words.strip())
    ballot.save()
    log.write("grants.ballot.cast", on=application, by=by, round=application.round, verdict=verdict)
    return _settle(application, by)


@transaction.atomic
def opine(
    *, application: Application, has_no_objection: bool, words: str, by: User, seen: str | None = None
) -> Application:
    """Note the monitor's opinion of this round; the result falls with it if it was all that was missing.

    :raises NotOnCommittee: unless one is a monitor of the fund today.
    :raises CannotVote: if one objects to the procedure without saying why.
    """
    application = workflow.locked(application, "opine")
    now_shown = page_digest.digest_of(application)
    page_digest.check(seen, now_shown)
    _member(application, by, (CommitteeMember.Role.MONITOR,))
    _in_order(application)
    duties.refuse_double(application, by, "monitor")
    if problems := rules.words_problems(words, least=0 if has_no_objection else 2, most=500):
        raise CannotVote({"words": problems})
    mine = application.opinions.filter(round=application.round, person=by.ref)
    if mine.filter(seen=now_shown).exists():
        raise VotedAlready(_("您已经提出过意见。"))
    mine.delete()
    opinion = Opinion(
        application=application, round=application.round, person=by.ref, has_no_objection=has_no_objection
    )
    opinion.seen, opinion.words_sealed = now_shown, sealed(opinion, "words", words.strip())
    opinion.save()
    log.write("grants.opinion.given", on=application, by=by, round=application.round, content=has_no_objection)
    return _settle(application, by)


def is_due(application: Application) -> bool:
    """Tell whether the committee has to vote now: not while the notice's objections are still open."""
    if application.state == State.ASSESSED:
        return True
    return (
        application.state == State.OBJECTED
        and application.decided_at is None
        and not application.objections.filter(state=Objection.State.OPEN).exists()
    )


def tally(application: Application, day: dt.date | None = None) -> rules.Vote:
    """Return the votes of this round that count: cast on what is shown now, by who is on the committee today."""
    now_shown = page_digest.digest_of(application)
    members = committee_on(application.fund, day or clock.today()).filter(role__in=VOTES)
    ballots = application.ballots.filter(round=application.round, seen=now_shown)
    found = rules_of(application.fund.programme, application.fund.digest)
    step = found.step(amount_of(application))
    spoke = application.opinions.filter(round=application.round, seen=now_shown).count()
    return rules.Vote(
        decided_by=step.decided_by,
        members=dict(members.values_list("person", "role")),
        ballots=dict(ballots.values_list("person", "verdict")),
        barred=frozenset({application.applied_by, application.assessed_by}),
        has_opinion=spoke >= found.monitors,
    )


def amount_of(application: Application) -> Decimal:
    """Return what is granted if the committee approves, in yuan."""
    if application.awarded is not None:
        return application.awarded
    return rules.award(asked=application.asked, assessed=application.assessed or application.asked)


def _settle(application: Application, by: User) -> Application:
    verdict = tally(application).outcome().verdict
    if verdict == rules.APPROVE:
        _grant(application, by)
    elif verdict == rules.REJECT:
        _end(application, State.REJECTED, by)
    elif verdict == rules.RETURN:
        _end(application, State.RETURNED, by)
    return application


def _grant(application: Application, by: User) -> None:
    fund = application.fund
    found = rules_of(fund.programme, fund.digest)
    today, amount = clock.today(), amount_of(application)
    if not fund.is_active:
        raise FundClosed(_("这个基金已经关闭，不能再资助。"))
    if application.awarded is None:
        likeness.require_compared(application)
        application.cap_year = today.year
        limits.take(reservations.held_claims(application, lock=True), amount)
        _reserve(application, amount, today, by)
    application.awarded, application.decided_at, application.state = amount, clock.now(), State.NOTICE
    application.notice_from = today
    application.notice_to = rules.notice_to(begins_on=today, days=found.notice_days)
    application.state_reason = ""
    application.save(update_fields=[
        "awarded", "decided_at", "state", "state_reason", "notice_from", "notice_to", "cap_year",
    ])  # fmt: skip
    disclosure.publish_notice(tenant=current_slug(), notice=_notice(application))
    log.write("grants.application.granted", on=application, by=by, amount=str(amount), round=application.round)
    telling.told_applicant("grant.granted", application, by)


def _reserve(application: Application, amount: Decimal, today: dt.date, by: User) -> None:
    fund = application.fund
    origin = chart.PostingRef(
        key=f"reserve:{application.ref}:{application.round}", source=reservations.source(application), on=today,
        memo=application.number,
    )  # fmt: skip
    try:
        with transaction.atomic():
            chart.reserve(fund=fund, purpose=application.purpose, amount=amount, origin=origin, by=by)
    except NotEnough:
        application.purpose.free.refresh_from_db()
        left = {"purpose": application.purpose.name, "free": yuan(application.purpose.free.amount)}
        raise TooLittleMoney(_("“%(purpose)s”现在只有 %(free)s 可用，不足以资助。") % left) from None


def _end(application: Application, state: str, by: User) -> None:
    reservations.release(application, by=by)
    application.state, application.decided_at = state, clock.now()
    application.state_reason = _("管委会审议") if state == State.REJECTED else _("管委会要求补充材料")
    if state == State.RETURNED:
        application.round += 1
        application.version += 1
    application.save(update_fields=["state", "state_reason", "decided_at", "awarded", "round", "version"])
    log.write(f"grants.application.{state}", on=application, by=by, round=application.round)
    telling.told_applicant("grant.refused", application, by)


def _notice(application: Application) -> disclosure.NoticeSaid:
    need = application.need
    secret = need.client is not None and final_file(need.client).is_restricted
    assert application.awarded
    assert application.notice_from
    assert application.notice_to
    return disclosure.NoticeSaid(
        fund=application.fund.ref,
        source=reservations.notice_source(application),
        number=application.number,
        kind=need.kind,
        title=need.title if need.kind != Need.Kind.PERSON else "",
        cause=Need.Cause.OTHER if secret else need.cause,
        place="" if secret else need.site.region,
        amount=application.awarded,
        from_on=application.notice_from,
        to_on=application.notice_to,
    )


def _member(application: Application, by: User, roles: tuple[CommitteeMember.Role, ...]) -> CommitteeMember:
    if not is_due(application):
        raise NotDue(_("还有异议没有答复，答复后再表决。"))
    found = committee_on(application.fund, clock.today()).filter(person=by.ref, role__in=roles).first()
    if found is None:
        raise NotOnCommittee(_("您今天不在这个基金的管委会任职，不能参加。"))
    return found


def _in_order(application: Application) -> None:
    if problems := order_problems(application.fund, rules_of(application.fund.programme, application.fund.digest)):
        raise CommitteeNotInOrder(problems)


def order_problems(fund: Fund, found: FundRules) -> list[str]:
    """Return why the fund's committee cannot decide today; empty if it can."""
    roles = list(committee_on(fund, clock.today()).values_list("role", flat=True))
    return committee_problems(roles=roles, rules=found)


def _refuse_other_step(application: Application, member: CommitteeMember) -> None:
    if tally(application).chair_decides and member.role != CommitteeMember.Role.CHAIR:
        raise NotDue(_("小额申请由主任委员决定，您不用表决。"))
