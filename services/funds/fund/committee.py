"""Who sits on a fund's committee (管委会) or watches it: appointed from the agency's members, never paid (1C-14)."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import RefusedFields
from services.funds.fund.actions import lock
from services.funds.models import CommitteeMember, Fund
from services.journal import log
from tenants.models import Membership
from tenants.running import current_slug

ROLE_OF = {
    CommitteeMember.Role.CHAIR: "fund_committee",
    CommitteeMember.Role.MEMBER: "fund_committee",
    CommitteeMember.Role.MONITOR: "fund_monitor",
}


class CannotAppoint(RefusedFields):
    """The person, the role or the day does not fit."""


def candidates() -> QuerySet[Membership]:
    """Return the agency's members who may sit on a committee or watch it, by name."""
    members = Membership.objects.filter(tenant__slug=current_slug(), is_active=True)
    return members.filter(roles__overlap=sorted(set(ROLE_OF.values()))).select_related("user").order_by("user__name")


@transaction.atomic
def appoint(
    *, fund: Fund, member: Membership, role: str, background: str, from_on: dt.date, today: dt.date, by: User | None
) -> CommitteeMember:
    """Appoint a member of the agency.

    :raises CannotAppoint: if the role in the agency does not fit, the person sits already, or there is a chair.
    """
    fund = lock(fund)
    problems: dict[str, list[str]] = {}
    if ROLE_OF[CommitteeMember.Role(role)] not in member.roles:
        needed = _("基金监督员") if role == CommitteeMember.Role.MONITOR else _("基金管委会委员")
        problems["member"] = [_("这名成员没有“%(role)s”角色，请先在成员与角色中授予。") % {"role": needed}]
    if not fund.opened_on <= from_on <= today:
        problems["from_on"] = [_("任职日期须在基金设立之后、今天之前。")]
    sitting = fund.committee_members.filter(to_on=None)
    if sitting.filter(person=member.user.ref).exists():
        problems["member"] = [_("这名成员已在任。")]
    if role == CommitteeMember.Role.CHAIR and sitting.filter(role=role).exists():
        problems["role"] = [_("已有主任委员，请先登记离任。")]
    if problems:
        raise CannotAppoint(problems)
    try:
        with transaction.atomic():
            appointed = CommitteeMember.objects.create(
                fund=fund, person=member.user.ref, name=member.user.get_full_name()[:50], role=role,
                background=background, from_on=from_on,
            )  # fmt: skip
    except IntegrityError:
        raise CannotAppoint({"member": [_("这名成员已在任。")]}) from None
    log.write("funds.seat.appointed", on=appointed, by=by, fund=fund.ref, person=appointed.person, role=role)
    return appointed


@transaction.atomic
def end_term(*, committee_member: CommitteeMember, to_on: dt.date, today: dt.date, by: User | None) -> None:
    """Note the end of somebody's term; the last day counts.

    :raises CannotAppoint: if it ended before, or the day lies before its beginning or to come.
    """
    committee_member = CommitteeMember.objects.select_for_update().get(pk=committee_member.pk)
    if committee_member.to_on:
        raise CannotAppoint({"to_on": [_("已登记离任。")]})
    if not committee_member.from_on <= to_on <= today:
        raise CannotAppoint({"to_on": [_("离任日期须在任职日期之后、今天之前。")]})
    committee_member.to_on = to_on
    committee_member.save(update_fields=["to_on"])
    log.write("funds.seat.ended", on=committee_member, by=by, person=committee_member.person, to_on=to_on.isoformat())
