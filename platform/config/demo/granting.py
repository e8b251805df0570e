"""Applications to the demo's charity funds: those decided and paid in the past year, and some in every state today.

Today's go through the acts themselves. The past ones are applied for and assessed by the acts and then written as they
were decided, noticed, paid and confirmed, each entry on its day, with limits, notices and facts as the acts keep them.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from common.dates import SHANGHAI
from config.demo.charity import Charity
from config.demo.dice import Dice
from disclosure import door as disclosure
from services.clients.models import Client
from services.clients.privacy.sealed import sealed
from services.funds.books import chart
from services.funds.models import Purpose
from services.grants import rules
from services.grants.applications import actions as application_actions
from services.grants.applications.actions import Wanted
from services.grants.decisions import assessment, objections, voting
from services.grants.guards import limits, page_digest, reservations
from services.grants.models import Application, Ballot, Opinion, Payment
from services.grants.payments import actions as payment_actions
from services.grants.payments import repayments
from tenants.running import current_slug

State = Application.State
NOTICE_DAYS: Final = 7
STORIES: Final = (
    "近期住院，自付费用较高，家中没有其他收入。",
    "家里漏雨需要维修，已申请过临时救助，仍有缺口。",
    "孩子上学费用有困难，邻里互助后仍不够。",
    "独居，摔伤后需要护理用品。",
)
ACTIVITIES: Final = ("重阳敬老茶话会", "社区儿童暑期阅读", "邻里百家宴")
HOMES: Final = (("一期", 4, 17000), ("二期", 4, 17000), ("三期", 3, 12000))


@dataclass
class Board:
    """Who does what with an application, and how many were made."""

    charity: Charity
    dice: Dice = field(default_factory=lambda: Dice("grants"))
    made: int = 0
    asked_for: set[int] = field(default_factory=set)

    def who(self, name: str) -> User:
        return self.charity.people[name]

    @property
    def committee(self) -> list[User]:
        return [self.who(f"committee{number}") for number in range(1, 6)]

    def client(self) -> Client:
        """Somebody of the first stations whom nothing was asked for yet."""
        chosen = next(one for one in self.charity.clients if one.pk not in self.asked_for)
        self.asked_for.add(chosen.pk)
        return chosen


def grant_year(charity: Charity) -> int:
    """Make the year's applications; return how many."""
    board = Board(charity)
    _past(board)
    _today(board)
    return board.made


def _ask(board: Board, amount: int, purpose: Purpose | None = None, **what: Any) -> Application:
    site = board.charity.station.site
    if "kind" not in what:
        client = board.client()
        site, cause = client.site, board.dice.one_of(("illness", "hardship", "accident", "disaster"))
        what = {"kind": "person", "client": client, "cause": cause}
    wanted = Wanted(site=site, story=board.dice.one_of(STORIES), **what)
    board.made += 1
    return application_actions.apply(
        wanted=wanted, purpose=purpose or board.charity.general, asked=Decimal(amount), by=board.who("worker")
    )


def _assessed(board: Board, amount: int, purpose: Purpose | None = None, **what: Any) -> Application:
    return assessment.assess(
        application=_ask(board, amount, purpose, **what), amount=Decimal(amount), findings="已入户核实，情况属实。",
        by=board.who("station_head"),
    )  # fmt: skip


def _past(board: Board) -> None:
    """What was decided in the year behind us: people, activities, and the children's homes of the campaign."""
    charity, today = board.charity, board.charity.today
    for number, amount in enumerate((800, 1500, 2600, 3000, 1200, 2000, 900, 1800, 2400)):
        decided = charity.fund.opened_on + dt.timedelta(days=20 + number * 38)
        if decided < today - dt.timedelta(days=20):
            _decided(board, _assessed(board, amount), decided, confirmed=number != 7)
    for number, title in enumerate(ACTIVITIES):
        decided = charity.fund.opened_on + dt.timedelta(days=60 + number * 100)
        if decided < today - dt.timedelta(days=20):
            asked = _assessed(board, 1500 + 500 * number, kind="activity", title=title, held_on=decided)
            _decided(board, asked, decided)
    for number, (title, homes, amount) in enumerate(HOMES):
        decided = charity.campaign.ends_on + dt.timedelta(days=12 + 9 * number)
        if decided < today - dt.timedelta(days=20):
            asked = _assessed(
                board, amount, charity.homes, kind="service", title=f"改造儿童之家{title}", provider="济水安居工程队",
                unit="户", quantity=homes,
            )  # fmt: skip
            _decided(board, asked, decided)
    repaid = Application.objects.filter(state=State.CONFIRMED, need__kind="activity").first()
    if repaid:
        repayments.repay(
            application=repaid, amount=Decimal(260), reason="活动经费结余", received_on=today, by=board.who("finance")
        )


def _decided(board: Board, application: Application, day: dt.date, *, confirmed: bool = True) -> None:
    """Write an assessed application as one that was granted on `day`, paid after its notice and confirmed."""
    application.refresh_from_db()
    _granted(board, application, day)
    ended, paid_on = day + dt.timedelta(days=NOTICE_DAYS), day + dt.timedelta(days=NOTICE_DAYS + 2)
    disclosure.end_notice(tenant=current_slug(), source=reservations.notice_source(application))
    assert application.notice_to == ended
    assert application.awarded
    payment = Payment(
        application=application, amount=application.awarded, method="bank",
        reference=f"{paid_on:%Y%m%d}{board.made:04d}", state=Payment.State.PAID,
        prepared_by=board.who("finance").ref, prepared_at=_moment(paid_on),
        released_by=board.who("finance2").ref, paid_on=paid_on,
    )  # fmt: skip
    payment.payee_sealed = sealed(payment, "payee", "本人账户")
    payment.seen = page_digest.digest_of_payment(application, payment)
    origin = chart.PostingRef(f"pay:{payment.ref}", f"grants.payment:{payment.ref}", paid_on, application.number)
    payment.entry = chart.pay(
        fund=application.fund, purpose=application.purpose, amount=payment.amount, spent_on=application.need.kind,
        origin=origin, by=board.who("finance2"),
    )  # fmt: skip
    payment.save()
    payment_actions.tell(application, payment, payment.amount)
    application.state = State.PAID
    if confirmed:
        application.state, application.confirmed_on = State.CONFIRMED, paid_on + dt.timedelta(days=3)
        application.confirmed_by = board.who("worker").ref
        application.confirmation_sealed = sealed(application, "confirmation", "电话回访，已收到。")
    application.save()


def _granted(board: Board, application: Application, day: dt.date) -> None:
    """Write the votes, the limits, the reserved money and the notice of a decision on `day`."""
    amount, by = application.assessed, board.who("committee1")
    assert amount
    now_shown = page_digest.digest_of(application)
    for person in board.committee[: 1 if amount <= 500 else 5]:
        member = application.fund.committee_members.get(person=person.ref)
        ballot = Ballot(
            application=application, round=1, member=member, person=person.ref, verdict="approve", seen=now_shown
        )
        ballot.cast_at, ballot.words_sealed = _moment(day), sealed(ballot, "words", "同意")
        ballot.save()
    opinion = Opinion(
        application=application, round=1, person=board.who("monitor").ref, has_no_objection=True, seen=now_shown
    )
    opinion.given_at, opinion.words_sealed = _moment(day), sealed(opinion, "words", "程序完整。")
    opinion.save()
    application.cap_year, application.decided_at = day.year, _moment(day)
    application.applied_at, application.assessed_at = (_moment(day - dt.timedelta(days=back)) for back in (9, 4))
    limits.take(reservations.held_claims(application), amount)
    origin = chart.PostingRef(
        f"reserve:{application.ref}:1", reservations.source(application), day, application.number
    )  # fmt: skip
    chart.reserve(fund=application.fund, purpose=application.purpose, amount=amount, origin=origin, by=by)
    application.awarded, application.state = amount, State.NOTICE
    application.notice_from, application.notice_to = day, rules.notice_to(begins_on=day, days=NOTICE_DAYS)
    application.save()
    need = application.need
    disclosure.publish_notice(tenant=current_slug(), notice=disclosure.NoticeSaid(
        fund=application.fund.ref, source=reservations.notice_source(application), number=application.number,
        kind=need.kind, title=need.title, cause=need.cause, place=need.site.region, amount=amount,
        from_on=application.notice_from, to_on=application.notice_to,
    ))  # fmt: skip


def _today(board: Board) -> None:
    """Some in every state of the way, by the acts."""
    charity, worker = board.charity, board.who("worker")
    _ask(board, 900)
    _ask(board, 1600, charity.young.purposes.get())
    draft = Wanted(kind="activity", site=charity.station.site, story="还在收集材料。", title="楼道议事会")
    application_actions.apply(wanted=draft, purpose=charity.general, asked=Decimal(1200), by=worker, as_draft=True)
    board.made += 1
    assessment.send_back(application=_ask(board, 700), reason="请补充医疗费用单据。", by=board.who("station_head"))
    application_actions.withdraw(application=_ask(board, 600), reason="已由临时救助解决。", by=worker)
    _assessed(board, 2200)
    _vote(board, _assessed(board, 4800, kind="activity", title="社区运动会"), "approve", "approve")
    _vote(board, _assessed(board, 3500), "reject", "reject", "reject", opinion=True)
    for _number in range(2):
        _vote(board, _assessed(board, 1800), "approve", "approve", "approve", opinion=True)
    objected = _vote(board, _assessed(board, 2500), "approve", "approve", "approve", opinion=True)
    objections.raise_objection(application=objected, words="听说这家还有别的收入，请核实。", contact="", by=None)
    for prepared in (False, True):
        application = _assessed(board, 1300)
        application.refresh_from_db()
        _granted(board, application, charity.today - dt.timedelta(days=NOTICE_DAYS + 1))
        application = objections.end_due_notice(application)
        if prepared:
            payment_actions.prepare(
                application=application, method="bank", payee="本人账户", reference="", by=board.who("finance")
            )


def _vote(board: Board, application: Application, *verdicts: str, opinion: bool = False) -> Application:
    if opinion:
        voting.opine(application=application, has_no_objection=True, words="", by=board.who("monitor"))
    for person, verdict in zip(board.committee, verdicts, strict=False):
        application = voting.vote(application=application, verdict=verdict, words="已了解情况。", by=person)
    return application


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10, 30), SHANGHAI)
