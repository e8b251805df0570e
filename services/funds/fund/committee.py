"""Who sits on a fund's committee (管委会) or watches it: appointed from the agency's members, never paid (1C-14)."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import RefusedFields
from services.funds.fund.actions import lock
from services.funds.models import Fund, Seat
from services.journal import log
from tenants.models import Membership
from tenants.running import current_slug

ROLE_OF = {Seat.Duty.CHAIR: "fund_committee", Seat.Duty.MEMBER: "fund_committee", Seat.Duty.MONITOR: "fund_monitor"}


class CannotSeat(RefusedFields):
    """The person, the duty or the day does not fit."""


def candidates() -> QuerySet[Membership]:
    """Return the agency's members who may sit on a committee or watch it, by name."""
    members = Membership.objects.filter(tenant__slug=current_slug(), is_active=True)
    return members.filter(roles__overlap=sorted(set(ROLE_OF.values()))).select_related("user").order_by("user__name")


@transaction.atomic
def appoint(
    *, fund: Fund, member: Membership, duty: str, background: str, from_on: dt.date, today: dt.date, by: User | None
) -> Seat:
    """Give a member of the agency a seat.

    :raises CannotSeat: if the role does not fit the duty, the person sits already, or there is a chair.
    """
    fund = lock(fund)
    problems: dict[str, list[str]] = {}
    if ROLE_OF[Seat.Duty(duty)] not in member.roles:
        needed = _("基金监督员") if duty == Seat.Duty.MONITOR else _("基金管委会委员")
        problems["member"] = [_("这名成员没有“%(role)s”角色，请先在成员与角色中授予。") % {"role": needed}]
    if not fund.opened_on <= from_on <= today:
        problems["from_on"] = [_("任职日期须在基金设立之后、今天之前。")]
    sitting = fund.seats.filter(to_on=None)
    if sitting.filter(person=member.user.ref).exists():
        problems["member"] = [_("这名成员已在任。")]
    if duty == Seat.Duty.CHAIR and sitting.filter(duty=duty).exists():
        problems["duty"] = [_("已有主任委员，请先登记离任。")]
    if problems:
        raise CannotSeat(problems)
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                fund=fund, person=member.user.ref, name=member.user.get_full_name()[:50], duty=duty,
                background=background, from_on=from_on,
            )  # fmt: skip
    except IntegrityError:
        raise CannotSeat({"member": [_("这名成员已在任。")]}) from None
    log.write("funds.seat.appointed", on=seat, by=by, fund=fund.ref, person=seat.person, duty=duty)
    return seat


@transaction.atomic
def end_seat(*, seat: Seat, to_on: dt.date, today: dt.date, by: User | None) -> None:
    """Note that somebody left a seat; the last day counts.

    :raises CannotSeat: if it ended before, or the day lies before its beginning or to come.
    """
    held = Seat.objects.select_for_update().get(pk=seat.pk)
    if held.to_on:
        raise CannotSeat({"to_on": [_("已登记离任。")]})
    if not held.from_on <= to_on <= today:
        raise CannotSeat({"to_on": [_("离任日期须在任职日期之后、今天之前。")]})
    held.to_on = to_on
    held.save(update_fields=["to_on"])
    log.write("funds.seat.ended", on=held, by=by, person=held.person, to_on=to_on.isoformat())
