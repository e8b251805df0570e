"""Alerts to the data officer: a second file of a restricted person, and somebody who looks at very many numbers.

Whoever opened the file learns nothing: to them it is a new file like any other.
"""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from services.clients.models import Client, DataAlert, Reveal
from services.journal import log

# In an hour, by one person (AT-15): an ordinary day of visits needs a handful, copying a register needs hundreds.
MOST_REVEALS: Final = 30
HOUR: Final = dt.timedelta(hours=1)
Kind = DataAlert.Kind


class SettledAlready(Conflict):
    """Somebody else looked into it before."""


def files_known_to(by: User | None) -> QuerySet[Client]:
    """Return the files whose existence a person may be told of: open ones, and restricted ones they are named for."""
    named = Q(named_workers__user=by) if by else Q(pk__in=[])
    return Client.objects.filter(Q(is_restricted=False) | named)


def report_twins(client: Client, by: User | None) -> None:
    """Alert the data officer if this file and a restricted one are of one person; once for each pair."""
    if not client.id_number_hash:
        return
    twins = Client.objects.filter(id_number_hash=client.id_number_hash, merged_into=None).exclude(pk=client.pk)
    for twin in twins if client.is_restricted else twins.filter(is_restricted=True):
        pair = Q(client=client, twin=twin) | Q(client=twin, twin=client)
        if not DataAlert.objects.filter(pair, settled_at=None).exists():
            alert = DataAlert.objects.create(kind=Kind.TWIN, client=client, twin=twin, by=by.ref if by else "")
            log.write("clients.alert.raised", on=alert, by=by, kind=alert.kind)


def report_reveals(by: User) -> None:
    """Alert the data officer to somebody with thirty reveals within an hour: one alert an hour, which counts on."""
    count = Reveal.objects.filter(by=by.ref, at__gt=Now() - HOUR).count()
    if count < MOST_REVEALS:
        return
    open_alerts = DataAlert.objects.filter(kind=Kind.REVEALS, by=by.ref, settled_at=None, raised_at__gt=Now() - HOUR)
    # One UPDATE finds and counts: two reveals at the same moment do not raise two alerts by reading first.
    if not open_alerts.update(count=F("count") + 1):
        alert = DataAlert.objects.create(kind=Kind.REVEALS, count=count, by=by.ref)
        log.write("clients.alert.raised", on=alert, by=by, kind=alert.kind, count=count)


@transaction.atomic
def settle(*, alert: DataAlert, by: User) -> None:
    """Note that the data officer has looked into it.

    :raises SettledAlready: if that is noted already.
    """
    if not DataAlert.objects.filter(pk=alert.pk, settled_at=None).update(settled_at=Now(), settled_by=by.ref):
        raise SettledAlready(_("这条提醒已经处理。"))
    log.write("clients.alert.settled", on=alert, by=by, kind=alert.kind)


def about(alert: DataAlert) -> str:
    """Return what an alert is about, without a name: of a restricted file its number and who may open it."""
    if alert.kind == DataAlert.Kind.REVEALS:
        return _("一小时内查看 %(n)d 次") % {"n": alert.count}
    return "、".join(_named(file) for file in (alert.client, alert.twin) if file)


def _named(file: Client) -> str:
    if not file.is_restricted:
        return str(file.number)
    workers = "、".join(worker.name for worker in file.named_workers.all())
    return _("%(number)s（限制查看，可查看：%(workers)s）") % {"number": file.number, "workers": workers}
