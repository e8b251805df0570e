"""An agency leaves: a director asks, thirty days pass, one operator proposes the deletion and another confirms it."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.refusals import Conflict, RefusedFields
from common.texts.names import search_key
from tenants.models import Leaving, Tenant

RETENTION_DAYS: Final = 30  # the agency can still change its mind and take its data with it
State = Tenant.State


class CannotLeave(Conflict):
    """The agency is not in a state from which this can be done, or its day has not come."""


class WrongName(RefusedFields):
    """The name typed in is not the agency's."""


class OnePersonTwice(Conflict):
    """Who proposed a deletion would confirm it too."""


def current(tenant: Tenant) -> Leaving | None:
    """Return the leaving that is on its way or done; None for an agency that stays."""
    return Leaving.objects.filter(tenant=tenant, cancelled_at=None).first()


@transaction.atomic
def ask(*, tenant: Tenant, typed_name: str, reason: str, today: dt.date, by: User | None) -> Leaving:
    """Begin to leave: from now on the agency is read and exported only, and on its day it may be deleted.

    :raises WrongName: if the name typed in is not the agency's.
    :raises CannotLeave: unless it is active or suspended.
    """
    locked = _locked(tenant, {State.ACTIVE, State.SUSPENDED})
    _check_name(locked, typed_name)
    day = today + dt.timedelta(days=RETENTION_DAYS)
    leaving = Leaving.objects.create(
        tenant=locked, asked_by=by.ref if by else "", reason=reason.strip(), delete_after=day
    )
    before = locked.state
    _set_state(tenant, locked, State.LEAVING, reason.strip()[:200], day)
    log.write("tenants.tenant.leaving", on=locked, by=by, before=before, leaving=leaving.ref)
    return leaving


@transaction.atomic
def cancel(*, tenant: Tenant, by: User | None) -> None:
    """Stay after all; possible on every day before the deletion was confirmed.

    :raises CannotLeave: if the agency does not leave.
    """
    locked = _locked(tenant, {State.LEAVING})
    Leaving.objects.filter(tenant=locked, cancelled_at=None).update(
        cancelled_at=timezone.now(), cancelled_by=by.ref if by else ""
    )
    _set_state(tenant, locked, State.ACTIVE, "", None)
    log.write("tenants.tenant.stayed", on=locked, by=by)


@transaction.atomic
def propose_deletion(*, tenant: Tenant, typed_name: str, today: dt.date, by: User) -> Leaving:
    """The first of two people says that the agency shall be deleted now. A later proposal replaces an earlier one.

    :raises CannotLeave: before its day.
    :raises WrongName: if the name typed in is not the agency's.
    """
    locked, leaving = _due(tenant, today)
    _check_name(locked, typed_name)
    leaving.proposed_by, leaving.proposed_at = by.ref, timezone.now()
    leaving.save(update_fields=["proposed_by", "proposed_at"])
    log.write("tenants.deletion.proposed", on=locked, by=by, leaving=leaving.ref)
    return leaving


@transaction.atomic
def confirm_deletion(*, tenant: Tenant, typed_name: str, today: dt.date, by: User) -> Leaving:
    """The second person confirms: the agency's host and its tasks end now, `deletion.carry_out` does the rest.

    :raises CannotLeave: before its day, or if nobody proposed it.
    :raises OnePersonTwice: for who proposed it.
    :raises WrongName: if the name typed in is not the agency's.
    """
    locked, leaving = _due(tenant, today)
    if not leaving.proposed_by:
        raise CannotLeave(_("还没有人提议删除。"))
    if leaving.proposed_by == by.ref or _same_name(leaving.proposed_by, by):
        raise OnePersonTwice(_("删除须由另一名运营人员确认。"))
    _check_name(locked, typed_name)
    leaving.confirmed_by, leaving.confirmed_at = by.ref, timezone.now()
    leaving.save(update_fields=["confirmed_by", "confirmed_at"])
    _set_state(tenant, locked, State.DELETED, locked.state_reason, locked.delete_after)
    log.write("tenants.deletion.confirmed", on=locked, by=by, leaving=leaving.ref)
    return leaving


def _same_name(ref: str, by: User) -> bool:
    """Tell whether two accounts are of one name: one person with two accounts is one person."""
    other = User.objects.filter(ref=ref).first()
    return other is not None and search_key(other.get_full_name()) == search_key(by.get_full_name())


def _due(tenant: Tenant, today: dt.date) -> tuple[Tenant, Leaving]:
    locked = _locked(tenant, {State.LEAVING})
    leaving = current(locked)
    if leaving is None or today < leaving.delete_after:
        raise CannotLeave(_("保留期未满，还不能删除。"))
    return locked, leaving


def _locked(tenant: Tenant, states: set[Tenant.State]) -> Tenant:
    locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if locked.state not in states:
        raise CannotLeave(_("机构当前状态不能这样处理。"))
    return locked


def _check_name(tenant: Tenant, typed: str) -> None:
    if typed.strip() != tenant.name:
        raise WrongName({"typed_name": [_("输入的机构名称不一致。")]})


def _set_state(given: Tenant, locked: Tenant, to: Tenant.State, reason: str, day: dt.date | None) -> None:
    for row in (locked, given):  # the caller holds a row read before the lock
        row.state, row.state_reason, row.delete_after = to, reason, day
    locked.save(update_fields=["state", "state_reason", "delete_after"])
