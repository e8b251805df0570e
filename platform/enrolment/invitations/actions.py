"""A purchaser invites an agency: the link, sending it again, taking it back, and what happens when the agency joins."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import User
from audit import log
from billing.models import Channel, Subscription
from billing.subscriptions import actions as plan_changes
from billing.subscriptions import payers
from common import tokens
from common.refusals import Conflict, RefusedFields
from directory import door as directory
from directory.models import Organisation
from enrolment.models import Invitation
from letters import actions as letters
from tenants.models import Tenant

PURPOSE = "invitation"
LONGEST_DAYS = 180  # half a year; an invitation that lies longer is sent again


class CannotInvite(RefusedFields):
    """Something of the invitation cannot be; the reasons stand beside its fields."""


class Spent(Conflict):
    """The invitation has been used, taken back or is out of date."""


@dataclass(frozen=True)
class InvitationTerms:
    """Whom a purchaser invites and what for; `area` is the division code of the contract."""

    agency: str
    email: str
    number: str
    title: str
    area: str
    valid_until: dt.date


@transaction.atomic
def invite(*, terms: InvitationTerms, who: Access, address: str, by: User) -> Invitation:
    """Invite an agency and send it the link.

    :param address: the shared host with its scheme, for the link in the mail.

    :raises CannotInvite: outside the officer's areas, or for a day that has passed or lies too far off.
    """
    today = timezone.localdate()
    problems: dict[str, list[str]] = {}
    if not any(terms.area.startswith(prefix) for prefix in who.area_prefixes):
        problems["area"] = [_("这个区划不在您的辖区内。")]
    if not today <= terms.valid_until <= today + dt.timedelta(days=LONGEST_DAYS):
        problems["valid_until"] = [_("有效期须在今天之后的 %(n)d 天以内。") % {"n": LONGEST_DAYS}]
    if problems:
        raise CannotInvite(problems)
    invitation = Invitation(
        agency=terms.agency, email=terms.email, number=terms.number, title=terms.title, area=terms.area,
        valid_until=terms.valid_until, bureau=purchaser_of(terms.area), made_by=by.ref,
    )  # fmt: skip
    invitation.digest = tokens.digest(token(invitation))
    invitation.save()
    _write(invitation, address)
    log.write("enrolment.invitation.sent", on=invitation, by=by, area=terms.area)
    return invitation


def purchaser_of(area: str) -> str:
    """Return the name of the purchaser of a division: its own, its district's or its city's, or made of its name."""
    for code in (area[:6], f"{area[:4]}00"):
        organisation = Organisation.objects.open().filter(kind=Organisation.Kind.BUREAU, area=code).first()
        if organisation:
            return organisation.name
    place = directory.regions([area[:6]]).get(area[:6])
    return _("%(place)s民政局") % {"place": place.name if place else area[:6]}


def token(invitation: Invitation) -> str:
    """Return the token of the link that was given out last."""
    return tokens.token_of(PURPOSE, invitation.ref, invitation.issue)


def of_token(text: str) -> Invitation | None:
    """Return the invitation whose newest link holds this token, whatever its state."""
    return Invitation.objects.filter(digest=tokens.digest(text)).first()


@transaction.atomic
def send_again(*, invitation: Invitation, address: str, by: User) -> None:
    """Send a new link; the one before opens nothing any more. An invitation out of date lives 30 days more.

    :raises Spent: once the agency has joined or the invitation was taken back.
    """
    locked = _locked(invitation)
    today = timezone.localdate()
    if locked.joined_at or locked.taken_back_at:
        raise Spent(_("机构已入驻或邀请已收回，不能再发。"))
    locked.issue += 1
    locked.digest = tokens.digest(token(locked))
    locked.opened_at = None
    if locked.valid_until < today:
        locked.valid_until = today + dt.timedelta(days=30)
    locked.save(update_fields=["issue", "digest", "opened_at", "valid_until"])
    _write(locked, address)
    log.write("enrolment.invitation.sent_again", on=locked, by=by, issue=locked.issue)


@transaction.atomic
def take_back(*, invitation: Invitation, by: User) -> None:
    """Take an invitation back: its link opens nothing any more.

    :raises Spent: once the agency has joined.
    """
    locked = _locked(invitation)
    if locked.joined_at:
        raise Spent(_("机构已经入驻，不能收回。"))
    if locked.taken_back_at is None:
        locked.taken_back_at = timezone.now()
        locked.save(update_fields=["taken_back_at"])
        log.write("enrolment.invitation.taken_back", on=locked, by=by)


@transaction.atomic
def offer_again(*, invitation: Invitation, by: User) -> None:
    """Undo a taking back: the same link holds again."""
    Invitation.objects.filter(pk=invitation.pk).update(taken_back_at=None)
    log.write("enrolment.invitation.offered_again", on=invitation, by=by)


def opened(*, invitation: Invitation) -> None:
    """Note the first time somebody opened the link."""
    Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=timezone.now())


@transaction.atomic
def joined(*, invitation: Invitation, tenant: Tenant, by: User | None) -> None:
    """Note that the agency came, and let the purchaser's account pay for it from now on; a plan of its own by bank
    transfer is not renewed, one that is paid online its director cancels.

    The account is made if the purchaser has none; it pays by bank transfer. Taken back or out of date meanwhile, it
    counts all the same for a sign-up that was under way.

    :raises Spent: if another agency has come by this link.
    """
    locked = _locked(invitation)
    if locked.tenant_id == tenant.pk:
        return
    if locked.tenant_id:
        raise Spent(_("这个邀请已被另一家机构使用。"))
    locked.tenant, locked.joined_at, locked.taken_back_at = tenant, timezone.now(), None
    locked.save(update_fields=["tenant", "joined_at", "taken_back_at"])
    for own in Subscription.objects.filter(account__tenant=tenant, channel=Channel.OFFLINE, cancels_at_end=False):
        if own.is_alive and by:
            plan_changes.cancel(subscription=own, by=by)
    account = payers.open_bureau_account(name=locked.bureau, area=locked.area[:6], by=by)
    payers.cover(tenant=tenant, account=account, by=by)
    log.write("enrolment.invitation.joined", on=locked, by=by, tenant=tenant.slug)


def _write(invitation: Invitation, address: str) -> None:
    context = {"invitation": invitation, "link": f"{address}/join/invited/{token(invitation)}/"}
    key = f"invitation:{invitation.ref}:{invitation.issue}"
    letters.write(to=invitation.email, kind="contract_invitation", context=context, key=key)


def _locked(invitation: Invitation) -> Invitation:
    # Joining, sending again and taking back wait for one another here: one link brings one agency.
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
