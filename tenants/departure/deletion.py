"""Carry a confirmed deletion out: keep what the law wants, erase the rest, forget files and cache, certify it.

The database part is one transaction: a crash leaves the agency whole. Files, cache and certificate follow; each may be
done twice, and whatever is unfinished is taken up again (`tenants.tasks.finish_deletions`).
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import BinaryField, EmailField, Model, Q
from django.utils import timezone

from accounts.models import ApiToken, FloorRole, SignIn, User
from accounts.sign_in import sign_ins
from audit import log
from common.dates import local_day
from tenants import keys, storage
from tenants.agencies import blueprint
from tenants.backend.owner import as_owner
from tenants.departure import certificates
from tenants.departure.retention import own_models, retain
from tenants.departure.tenant_rows import rows_of, tenant_models
from tenants.middleware import SEAL
from tenants.models import Leaving, Membership, Tenant, TenantKey
from tenants.running import in_public, in_tenant

# Whose rows are people of several agencies, or say who the agency was: handled by themselves or kept.
NOT_SCRUBBED = frozenset({"accounts.User", "tenants.Tenant", "tenants.Leaving"})
LETTERS = "letters.Letter"


@as_owner()
def carry_out(leaving: Leaving) -> None:
    """Do what is left of a confirmed deletion; safe to do twice, at once, and after a crash."""
    with in_public():
        tenant = leaving.tenant
        if leaving.confirmed_at is None or leaving.done_at is not None:
            return
        with transaction.atomic():
            held = Leaving.objects.select_for_update().get(pk=leaving.pk)
            if held.erased_at is None:
                _erase(held, tenant)
        keys.forget(tenant.slug)
    with in_tenant(tenant):
        storage.forget_files()
        storage.forget_cache()
    with in_public(), transaction.atomic():
        held = Leaving.objects.select_for_update().get(pk=leaving.pk)
        if held.done_at is None:
            held.done_at = timezone.now()
            held.save(update_fields=["done_at"])
            certificate = certificates.issue(held)
            log.write("tenants.deletion.done", on=tenant, by=None, certificate=certificate.number)


def unfinished() -> list[Leaving]:
    """Return the confirmed deletions that are not done."""
    return list(Leaving.objects.exclude(confirmed_at=None).filter(done_at=None).select_related("tenant"))


def _erase(leaving: Leaving, tenant: Tenant) -> None:
    addresses = _addresses_in(tenant, [(model, way) for model, way in tenant_models() if model is not User])
    with in_tenant(tenant):
        tables = _count_tables()
        addresses |= _addresses_in(tenant, [(model, "") for model in own_models()])
        files, size = storage.count_files()
        retain(tenant, local_day(leaving.confirmed_at or timezone.now()))
    leaving.counts = {"tables": tables, "files": files, "bytes": size, "shared": _scrub_shared(tenant)}
    leaving.counts |= {"members": _part_with_members(tenant, addresses), "sessions": _end_sessions(tenant)}
    leaving.counts["letters"] = _empty_letters(addresses)
    blueprint.drop(tenant.schema_name)
    TenantKey.objects.filter(tenant=tenant).delete()
    ApiToken.objects.filter(tenant=tenant.slug).delete()
    Tenant.objects.filter(pk=tenant.pk).update(state_reason="")
    leaving.erased_at, leaving.reason = timezone.now(), ""
    leaving.save(update_fields=["counts", "erased_at", "reason"])


def _count_tables() -> dict[str, int]:
    """Return the rows of each of the agency's tables."""
    return {
        model._meta.db_table: model._default_manager.count()
        for name in settings.TENANT_APPS
        for model in apps.get_app_config(name.rpartition(".")[2]).get_models(include_auto_created=True)
    }


def _scrub_shared(tenant: Tenant) -> dict[str, int]:
    """Empty what can name a person in the shared rows of the agency, by each model's own privacy; return the rows."""
    rows: dict[str, int] = {}
    for model, way in tenant_models():
        if model._meta.label in NOT_SCRUBBED:
            continue
        found = rows_of(model, way, tenant)
        rows[model._meta.db_table] = found.count()
        if personal := getattr(model, "privacy").personal:  # noqa: B009  # every model of ours has one
            blank = {name: _blank(model._meta.get_field(name)) for name in personal}
            model._default_manager.filter(pk__in=found.values("pk")).update(**blank)
    return rows


def _blank(field: Any) -> Any:
    if field.null:
        return None
    return b"" if isinstance(field, BinaryField) else ""


def _addresses_in(tenant: Tenant, models: list[tuple[type[Model], str]]) -> set[str]:
    """Return every mail address that stands in these tables of the agency: letters may have gone there."""
    return {
        address
        for model, way in models
        for field in model._meta.concrete_fields
        if isinstance(field, EmailField)
        for address in (rows_of(model, way, tenant) if way else model._default_manager.all()).values_list(
            field.name, flat=True
        )
        if address
    }


def _empty_letters(addresses: set[str]) -> int:
    """Empty the letters to these addresses, without those of people who go on working elsewhere; return how many."""
    if not apps.is_installed("letters"):
        return 0
    working = User.objects.filter(is_active=True, email__in=addresses).values_list("email", flat=True)
    found = apps.get_model(LETTERS)._default_manager.filter(to__in=addresses - set(working))
    return int(found.update(to="", subject="", body=""))


def _part_with_members(tenant: Tenant, addresses: set[str]) -> int:
    """End the memberships. Who belongs nowhere else is closed and scrubbed; their addresses are added."""
    members = Membership.objects.filter(tenant=tenant)
    members.update(is_active=False)
    elsewhere = Membership.objects.filter(is_active=True).values("user")
    gone = User.objects.filter(memberships__tenant=tenant).exclude(
        Q(pk__in=elsewhere) | Q(pk__in=FloorRole.objects.values("user"))
    )
    for user in gone.distinct():
        addresses.add(user.email)
        sign_ins.end(user.sign_ins.all())
        user.username, user.name, user.email, user.is_active = f"closed-{user.ref}", "", "", False
        user.set_unusable_password()
        user.save(update_fields=["username", "name", "email", "is_active", "password"])
    return members.count()


def _end_sessions(tenant: Tenant) -> int:
    """Delete the sessions that were begun on the agency's host: they may carry notices shown there."""
    theirs = [
        session.pk for session in Session.objects.iterator() if session.get_decoded().get(SEAL) == tenant.schema_name
    ]
    Session.objects.filter(pk__in=theirs).delete()
    SignIn.objects.filter(host=tenant.slug).delete()
    return len(theirs)
