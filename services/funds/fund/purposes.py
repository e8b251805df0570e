"""Restricted purposes: opened when a donor names one, stopped when nothing is left in them."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict, RefusedFields
from services.funds.books import chart
from services.funds.fund.actions import lock
from services.funds.models import Fund, Purpose
from services.journal import log


class CannotOpenPurpose(RefusedFields):
    """The name is taken."""


class CannotStop(Conflict):
    """The purpose is the general one, or holds money, or a campaign raises for it."""


@transaction.atomic
def open_purpose(*, fund: Fund, name: str, by: User | None) -> Purpose:
    """Open a restricted purpose with its accounts.

    :raises CannotOpenPurpose: if the fund has a purpose of this name.
    """
    fund = lock(fund)
    if fund.purposes.filter(name=name).exists():
        raise CannotOpenPurpose({"name": [_("已有同名的用途。")]})
    free, reserved = chart.open_promises(book=fund.book, name=name)
    purpose = Purpose.objects.create(fund=fund, name=name, free=free, reserved=reserved)
    log.write("funds.purpose.opened", on=purpose, by=by, fund=fund.ref)
    return purpose


@transaction.atomic
def stop_purpose(*, purpose: Purpose, today: dt.date, by: User | None) -> None:
    """Take a purpose out of use.

    :raises CannotStop: as the class says.
    """
    lock(purpose.fund)
    held = Purpose.objects.select_for_update(of=("self",)).select_related("free", "reserved").get(pk=purpose.pk)
    if not held.is_restricted:
        raise CannotStop(_("一般用途不能停用。"))
    if held.closed_on:
        raise CannotStop(_("这个用途已经停用。"))
    if held.free.balance or held.reserved.balance:
        raise CannotStop(_("这个用途还有余额，用完后才能停用。"))
    if held.campaigns.filter(ends_on__gte=today).exists():
        raise CannotStop(_("还有劝募活动在为这个用途募款。"))
    held.closed_on = today
    held.save(update_fields=["closed_on"])
    log.write("funds.purpose.stopped", on=held, by=by)
