"""What is asked of applications: what waits for a person, and how one came to where it is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import access_of
from accounts.permissions import Permission as P
from common.money import yuan
from services.clients.privacy.sealed import opened
from services.funds.models import CommitteeMember, Fund
from services.funds.rules import rules_of
from services.grants.guards.duties import names_of
from services.grants.models import Application, Ballot, Limit, Objection, Opinion, Payment
from services.grants.workflow import shown_in

S = Application.State


def waiting_for(request: HttpRequest, rows: QuerySet[Application]) -> QuerySet[Application]:
    """Narrow `rows` to those in which this person has something to do now."""
    who, me = access_of(request), getattr(request.user, "ref", "-")
    mine = Q(pk__in=[])
    unanswered = Exists(Objection.objects.filter(application=OuterRef("pk"), state=Objection.State.OPEN))
    if who.can(P.GRANT_APPLY):
        mine |= Q(applied_by=me, state__in=[S.DRAFT, S.RETURNED, S.PAID])
    if who.can(P.GRANT_ASSESS):
        mine |= Q(state=S.SUBMITTED) & ~Q(applied_by=me)
    if who.can(P.OBJECTION_ANSWER):
        mine |= Q(state=S.OBJECTED) & Q(unanswered)
    if who.can(P.GRANT_DECIDE):
        voted = Exists(Ballot.objects.filter(application=OuterRef("pk"), round=OuterRef("round"), person=me))
        members = CommitteeMember.objects.filter(person=me, to_on=None).exclude(role=CommitteeMember.Role.MONITOR)
        mine |= _undecided(members, unanswered) & ~Q(voted)
    if who.can(P.GRANT_MONITOR):
        spoke = Exists(Opinion.objects.filter(application=OuterRef("pk"), round=OuterRef("round"), person=me))
        members = CommitteeMember.objects.filter(person=me, to_on=None, role=CommitteeMember.Role.MONITOR)
        mine |= _undecided(members, unanswered) & ~Q(spoke)
    if who.can(P.GRANT_PAY):
        live = Payment.objects.filter(application=OuterRef("pk"), state=Payment.State.PREPARED)
        mine |= shown_in(S.PAYABLE, timezone.localdate()) & (~Exists(live) | Exists(live.exclude(prepared_by=me)))
    return rows.filter(mine)


def _undecided(members: QuerySet[CommitteeMember], unanswered: Exists) -> Q:
    return Q(fund__in=members.values("fund")) & (
        Q(state=S.ASSESSED) | (Q(state=S.OBJECTED, decided_at=None) & ~Q(unanswered))
    )


def over_the_cap() -> list[Limit]:
    """Return the limits that a merge of files left over their cap: somebody has to settle them."""
    return list(Limit.objects.filter(overrun__gt=0).select_related("fund"))


def over_together() -> list[tuple[int, Decimal]]:
    """Return (year, yuan over the cap) of people whom several funds together gave more than the rule allows.

    It stands from before the funds were counted together, or a merge brought it about; further grants are refused.
    """
    rows = Limit.objects.filter(kind=Limit.Kind.PERSON_YEAR, used__gt=0).values("subject", "year")
    several = rows.annotate(sum=Sum("used"), cap=Min("cap"), funds=Count("fund")).filter(funds__gt=1, sum__gt=F("cap"))
    if not several or not any(rules_of(fund.programme, fund.digest).spans_funds for fund in Fund.objects.all()):
        return []
    return [(row["year"], row["sum"] - row["cap"]) for row in several.order_by("year", "subject")]


@dataclass(frozen=True)
class Event:
    """A line of an application's course."""

    at: datetime
    title: str
    text: str = ""


def course(application: Application, *, reads_words: bool) -> list[Event]:
    """Return who did what when, oldest first; written words only for who may read them. Colleagues by name."""
    people = {application.applied_by, application.assessed_by, application.confirmed_by}
    people |= {ballot.person for ballot in application.ballots.all()}
    people |= {opinion.person for opinion in application.opinions.all()}
    for payment in application.payments.all():
        people |= {payment.prepared_by, payment.released_by}
    people |= {objection.answered_by for objection in application.objections.all()}
    names = names_of(people)

    def words(row: Any, field: str) -> str:
        return opened(row, field) if reads_words else ""

    def who(ref: str) -> str:
        return names.get(ref, _("已离开的人员"))

    found = [Event(application.applied_at, _("%(who)s 提出申请") % {"who": who(application.applied_by)},
                   yuan(application.asked))]  # fmt: skip
    if application.assessed_at and application.assessed is not None:
        title = _("%(who)s 评估") % {"who": who(application.assessed_by)}
        found.append(Event(application.assessed_at, title, yuan(application.assessed)))
    for ballot in application.ballots.all():
        said = {"who": who(ballot.person), "verdict": ballot.get_verdict_display(), "n": ballot.round}
        found.append(Event(ballot.cast_at, _("%(who)s：%(verdict)s（第 %(n)d 轮）") % said, words(ballot, "words")))
    for opinion in application.opinions.all():
        view = _("对程序无异议") if opinion.has_no_objection else _("对程序有意见")
        said = {"who": who(opinion.person), "verdict": view, "n": opinion.round}
        title = _("监督员 %(who)s：%(verdict)s（第 %(n)d 轮）") % said
        found.append(Event(opinion.given_at, title, words(opinion, "words")))
    if application.decided_at:
        title = _("管委会审议：%(state)s") % {"state": application.get_state_display()}
        if application.awarded is not None:
            title = _("管委会同意资助 %(amount)s") % {"amount": yuan(application.awarded)}
        found.append(Event(application.decided_at, title))
    for objection in application.objections.all():
        found.append(Event(objection.raised_at, _("收到异议"), words(objection, "words")))
        if objection.answered_at:
            said = {"who": who(objection.answered_by), "state": objection.get_state_display()}
            found.append(Event(objection.answered_at, _("%(who)s 答复异议：%(state)s") % said,
                               words(objection, "answer")))  # fmt: skip
    for payment in application.payments.select_related("entry"):
        title = _("%(who)s 提交付款") % {"who": who(payment.prepared_by)}
        found.append(Event(payment.prepared_at, title, payment.get_method_display()))
        if payment.entry:
            title = _("%(who)s 复核付款") % {"who": who(payment.released_by)}
            found.append(Event(payment.entry.recorded_at, title, yuan(payment.amount)))
    return sorted(found, key=lambda event: event.at)
