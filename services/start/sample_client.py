"""The sample client with all that hangs on it: made, removed and brought back as one."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from services.clients import samples
from services.clients.models import Client
from services.network.models import Site
from services.people import actions as people
from services.people.models import Staff
from services.records import actions as records
from services.records.models import ServiceRecord

REMOVED: Final = "示例已移除"
KEPT: Final = dt.timedelta(days=1)  # how long a removal can be undone
State = ServiceRecord.State


class NoStation(Refused):
    """A file stands at a station, and there is none yet."""


@transaction.atomic
def try_out(*, today: dt.date, by: User) -> Client:
    """Return the sample, made at the first station if there is none; the director gets a staff file to record with.

    :raises NoStation: before the first station is opened.
    """
    site = Site.objects.open().exclude(level=Site.Level.ROOM).order_by("code").first()
    if site is None:
        raise NoStation(_("请先开设一个站点。"))
    staff = Staff.objects.filter(user_id=by.pk).first() or people.take_on(
        name=by.get_full_name(), employment=Staff.Employment.FULL_TIME, started_on=today, user=by, by=by
    )
    return samples.make_sample(site=site, worker=staff, today=today, by=by)


@transaction.atomic
def clear(*, client: Client, by: User) -> int:
    """Remove the sample and take its records back; return how many there were."""
    samples.remove_sample(client=client, by=by)
    taken_back = list(_records(client).exclude(state=State.WITHDRAWN))
    for record in taken_back:
        records.withdraw_record(record=record, reason=REMOVED, by=by)
    return len(taken_back)


@transaction.atomic
def bring_back(*, client: Client, now: dt.datetime, by: User) -> bool:
    """Undo `clear`; a record whose time was used for another service since stays withdrawn."""
    if not samples.restore_sample(client=client, by=by):
        return False
    for record in _records(client).filter(state=State.WITHDRAWN, state_reason=REMOVED):
        try:
            records.restore_record(record=record, now=now, by=by)
        except Refused:  # its time was used for another service since: that record stays withdrawn
            continue
    return True


def forget_removed(now: dt.datetime) -> int:
    """Delete samples removed more than a day ago, with their records; return how many."""
    gone = Client.objects.filter(is_sample=True, removed_at__lt=now - KEPT)
    with transaction.atomic():
        ServiceRecord.objects.filter(attendances__client__in=gone).delete()
        return gone.delete()[1].get("clients.Client", 0)


def _records(client: Client) -> "QuerySet[ServiceRecord]":
    return ServiceRecord.objects.filter(attendances__client=client)
