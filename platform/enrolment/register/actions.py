"""Confirm an organisation, refuse it with a reason, take a confirmation back; its directors are told."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from audit import log
from common.refusals import Conflict, Refused
from notifications import door as notifications
from tenants.models import Tenant


class CannotRefuse(Refused):
    """A refusal without its reason."""


class AlreadyConfirmed(Conflict):
    """Somebody has confirmed it, or it is not confirmed."""


@transaction.atomic
def confirm(*, agency: Tenant, by: User) -> None:
    """Put an agency and its stations on public view. Twice is once.

    An agency that was refused may be confirmed later: it may have mended what was missing.
    """
    row = Tenant.objects.select_for_update().get(pk=agency.pk)
    if row.confirmed_at:
        return
    row.confirmed_at, row.confirmed_by, row.refusal = timezone.now(), by.ref, ""
    row.save(update_fields=["confirmed_at", "confirmed_by", "refusal"])
    log.write("tenants.tenant.confirmed", on=row, by=by)
    _tell("agency.confirmed", row, by)


@transaction.atomic
def refuse(*, agency: Tenant, reason: str, by: User) -> None:
    """Keep an agency off public view, with a reason that its directors read.

    :raises CannotRefuse: without a reason.
    :raises AlreadyConfirmed: if it is on public view.
    """
    if not 2 <= len(reason.strip()) <= 200:
        raise CannotRefuse(_("请写明原因（2 到 200 字）。"))
    row = Tenant.objects.select_for_update().get(pk=agency.pk)
    if row.confirmed_at:
        raise AlreadyConfirmed(_("这家机构已经核实，请先撤销核实。"))
    row.refusal = reason.strip()
    row.save(update_fields=["refusal"])
    log.write("tenants.tenant.refused", on=row, by=by)
    _tell("agency.refused", row, by)


@transaction.atomic
def withdraw(*, agency: Tenant, by: User) -> None:
    """Take a confirmation back: agency and stations leave public view and wait again.

    :raises AlreadyConfirmed: if it is not confirmed.
    """
    row = Tenant.objects.select_for_update().get(pk=agency.pk)
    if row.confirmed_at is None:
        raise AlreadyConfirmed(_("这家机构还没有核实。"))
    row.confirmed_at, row.confirmed_by = None, ""
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    log.write("tenants.tenant.unconfirmed", on=row, by=by)
    _tell("agency.unconfirmed", row, by)


def told_waiting(agency: Tenant) -> None:
    """Tell who may confirm it that a self-made agency waits: officers of its area and the platform's operators."""
    officers = notifications.officers(Permission.AGENCY_CONFIRM, agency.region) if agency.region else []
    operators = notifications.officers(Permission.TENANT_OPERATE)
    notifications.tell_shared(
        kind="agency.waiting", to=[*officers, *operators], about=f"tenants.tenant:{agency.slug}", args=[agency.slug],
        agency=agency.name,
    )  # fmt: skip


def _tell(kind: str, agency: Tenant, by: User) -> None:
    notifications.tell_agency(
        kind=kind, agency=agency.slug, holding=Permission.STATION_MANAGE, about=f"tenants.tenant:{agency.slug}", by=by
    )
