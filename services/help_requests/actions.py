"""Ask for help, take a request up, close it with its outcome; and let go of its words."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.refusals import Conflict
from notifications import door as notifications
from services.clients.privacy.sealed import sealed
from services.help_requests.models import HelpRequest
from services.journal import log
from services.network.models import Site
from services.records.telling import heads_of
from tenants.running import current_slug

KEPT: Final = dt.timedelta(days=180)  # after closing: who comes back within half a year is still known


class AlreadyAnswered(Conflict):
    """Somebody has taken it up, or it is closed."""


@transaction.atomic
def ask(*, site: Site, topic: str, name: str, phone: str, words: str) -> HelpRequest:
    """Keep a stranger's request, sealed, and tell the heads of the station; without one the directors."""
    row = HelpRequest(site=site, topic=topic)
    row.name_sealed, row.phone_sealed = sealed(row, "name", name.strip()), sealed(row, "phone", phone.strip())
    row.words_sealed = sealed(row, "words", words.strip())
    row.save()
    log.write("help_requests.request.made", on=row, by=None, site=site.code, topic=topic)
    heads = heads_of(site, clock.today()) or notifications.members(current_slug(), Permission.STATION_MANAGE)
    notifications.tell(
        kind="help.asked", to=heads, about=f"help_requests.request:{row.ref}", args=[row.ref], station=site.name
    )
    return row


@transaction.atomic
def take(*, request: HelpRequest, by: User) -> None:
    """Take a request up: one person answers for it.

    :raises AlreadyAnswered: if somebody was first.
    """
    row = _locked(request)
    if row.state != HelpRequest.State.WAITING:
        raise AlreadyAnswered(_("这份求助已有人受理。"))
    row.state, row.taken_by, row.taken_at = HelpRequest.State.TAKEN, by.ref, Now()
    row.save(update_fields=["state", "taken_by", "taken_at"])
    log.write("help_requests.request.taken", on=row, by=by)


@transaction.atomic
def close(*, request: HelpRequest, outcome: str, by: User) -> None:
    """Close a request that was taken up, with its outcome.

    :raises AlreadyAnswered: if it was not taken up or is closed.
    """
    row = _locked(request)
    if row.state != HelpRequest.State.TAKEN:
        raise AlreadyAnswered(_("请先受理；已办结的不能再办。"))
    row.state, row.outcome, row.closed_at = HelpRequest.State.CLOSED, outcome, Now()
    row.save(update_fields=["state", "outcome", "closed_at"])
    log.write("help_requests.request.closed", on=row, by=by, outcome=outcome)


def forget() -> int:
    """Let go of name, phone and words of requests closed half a year ago; return how many."""
    old = HelpRequest.objects.filter(closed_at__lt=clock.now() - KEPT, phone_sealed__isnull=False)
    return old.update(name_sealed=None, phone_sealed=None, words_sealed=None)


def _locked(request: HelpRequest) -> HelpRequest:
    return HelpRequest.objects.select_for_update().get(pk=request.pk)
