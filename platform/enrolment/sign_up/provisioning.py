"""Building an agency in steps, each in one transaction with its own mark: whatever is killed is taken up again."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import log
from billing.models import Interval
from billing.plans import catalogue
from billing.subscriptions import trials
from common.refusals import Refused
from enrolment import queries
from enrolment.invitations import actions as invitation_actions
from enrolment.models import Invitation, SignUp
from enrolment.register import actions as register
from letters import actions as letters
from tenants.addresses import address_of
from tenants.agencies import actions as agencies
from tenants.agencies import blueprint
from tenants.backend.owner import as_owner

logger = logging.getLogger(__name__)
QUIET: Final = dt.timedelta(seconds=60)  # every step takes less: nobody works on it any more
MOST_ATTEMPTS: Final = 8
FORGET_UNVERIFIED: Final = dt.timedelta(hours=24)
FORGET_FAILED: Final = dt.timedelta(days=30)
FORGET_PEOPLE: Final = dt.timedelta(days=30)
State = SignUp.State


class CannotBuild(Refused):
    """The agency cannot be made under these names; the sign-up ends and frees them."""


@as_owner()
def build(ref: str) -> State:
    """Do what is left to do of a sign-up and return how it stands. Two at once wait for each other at every step.

    A refusal ends the sign-up with its reasons; any other error goes to the caller, and the next call goes on.
    """
    if not SignUp.objects.filter(ref=ref, state=State.BUILDING).update(attempts=F("attempts") + 1):
        return _state(ref)
    blueprint.latest()  # recorded by nobody yet: that must not hold up the row below
    for step, (_words, act) in STEPS.items():
        try:
            with transaction.atomic():
                row = SignUp.objects.select_for_update().filter(ref=ref, state=State.BUILDING).first()
                if row is None:
                    return _state(ref)
                if step not in row.steps:
                    act(row)
                    _mark(row, step)
        except Refused as refusal:
            return fail(ref, "；".join(refusal.reasons))
    return _state(ref)


def _mark(row: SignUp, step: str) -> None:
    row.touched_at = timezone.now()
    row.steps[step] = row.touched_at.isoformat()
    if step == list(STEPS)[-1]:
        row.state, row.ready_at, row.password = State.READY, row.touched_at, ""
        log.write("enrolment.sign_up.finished", on=row, by=row.director, tenant=row.slug)
        assert row.tenant
        register.told_waiting(row.tenant)
    row.save()


def _open_agency(row: SignUp) -> None:
    if queries.slug_taken(row.slug, row):
        raise CannotBuild(_("网址名“%(slug)s”刚刚被别的机构使用。") % {"slug": row.slug})
    row.tenant = agencies.open_agency(
        slug=row.slug, name=row.name, region=row.region, credit_code=row.credit_code, is_confirmed=False
    )


def _make_director(row: SignUp) -> None:
    assert row.tenant
    if queries.username_taken(row.username, row):
        raise CannotBuild(_("用户名“%(name)s”刚刚被别人使用。") % {"name": row.username})
    user = User(username=row.username, name=row.contact, email=row.email, password=row.password)
    user.save()
    agencies.give_roles(user=user, tenant=row.tenant, roles=[agencies.DIRECTOR], by=None)
    row.director = user


def _subscribe(row: SignUp) -> None:
    assert row.tenant
    if row.invitation and not row.plan:
        try:
            invitation_actions.joined(invitation=row.invitation, tenant=row.tenant, by=row.director)
            return
        except invitation_actions.Spent:  # another agency was quicker: this one begins with a trial of its own
            row.plan, row.interval = catalogue.offered()[-1].code, Interval.YEAR
    if row.plan not in {plan.code for plan in catalogue.offered()}:  # taken off meanwhile: the trial binds nobody
        row.plan = catalogue.offered()[-1].code
    trials.start_trial(
        tenant=row.tenant,
        plan=row.plan,
        interval=row.interval,
        stations=row.stations,
        seats=row.seats,
        email=row.email,
        by=row.director,
    )


def _welcome(row: SignUp) -> None:
    context = {"name": row.name, "address": address_of(row.slug), "username": row.username}
    letters.write(to=row.email, kind="welcome", context=context, key=f"welcome:{row.ref}")


STEPS: Final[dict[str, tuple[object, Callable[[SignUp], None]]]] = {
    "agency": (gettext_lazy("建立机构的独立数据空间"), _open_agency),
    "director": (gettext_lazy("开通负责人的登录账号"), _make_director),
    "plan": (gettext_lazy("开通套餐"), _subscribe),
    "letter": (gettext_lazy("发送开通通知"), _welcome),
}


def fail(ref: str, reason: str) -> State:
    """End a sign-up with a reason: what it held is free again, and its page offers to choose anew."""
    with transaction.atomic():
        row = SignUp.objects.select_for_update().get(ref=ref)
        if row.state == State.BUILDING:
            row.state, row.reason, row.touched_at = State.FAILED, reason[:300], timezone.now()
            row.save(update_fields=["state", "reason", "touched_at"])
            log.write("enrolment.sign_up.failed", on=row, by=None)
    return _state(ref)


def take_up() -> int:
    """Go on with every sign-up on which nobody has worked for a minute; return how many there were.

    One that has failed eight times before it had an agency ends and frees its names; later steps are tried for ever.
    """
    stalled = SignUp.objects.filter(state=State.BUILDING, touched_at__lt=timezone.now() - QUIET)
    sign_ups = list(stalled.values_list("ref", "attempts", "tenant"))
    for ref, attempts, tenant in sign_ups:
        if attempts >= MOST_ATTEMPTS and tenant is None:
            fail(ref, _("多次尝试后仍未能开通，网址名已释放。请重试，或联系平台运营人员。"))
            continue
        try:
            build(ref)
        except Exception:  # one that breaks must not hold up the others
            logger.exception("sign-up %s could not go on", ref)
    return len(sign_ups)


def forget() -> int:
    """Delete sign-ups that were not verified or finished within a day, failed ones after 30; return how many.

    Of finished ones, and of invitations that came to an end, the people are forgotten after 30 days: the director is
    a user then, and the payer has its own address.
    """
    now = timezone.now()
    SignUp.objects.filter(state=State.READY, ready_at__lt=now - FORGET_PEOPLE).exclude(email="").update(
        contact="", email="", phone="", username="", code_digest=""
    )
    over = Q(joined_at__lt=now - FORGET_PEOPLE) | Q(taken_back_at__lt=now - FORGET_PEOPLE)
    over |= Q(joined_at=None, valid_until__lt=timezone.localdate(now - 6 * FORGET_PEOPLE))
    Invitation.objects.filter(over).exclude(email="").update(email="")
    waiting = SignUp.objects.filter(
        state__in=[State.UNVERIFIED, State.VERIFIED], touched_at__lt=now - FORGET_UNVERIFIED, tenant=None
    )
    failed = SignUp.objects.filter(state=State.FAILED, touched_at__lt=now - FORGET_FAILED)
    return waiting.delete()[0] + failed.delete()[0]


def _state(ref: str) -> State:
    return State(SignUp.objects.values_list("state", flat=True).get(ref=ref))
