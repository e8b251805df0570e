"""Is an agency's schema what this release says? Read from the database itself, not from what we noted."""

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from operating.models import StructureCheck
from tenants.agencies import blueprint
from tenants.models import Tenant
from tenants.places import NoTenant, SchemaMissing
from tenants.running import in_public, in_tenant


def check(tenant: Tenant) -> StructureCheck:
    """Compare one agency's schema with the release and keep the finding. Called on the shared floor."""
    plan = blueprint.latest()
    found, behind, error = "", 0, ""
    try:
        with transaction.atomic():  # a schema that is gone ends it
            found = blueprint.fingerprint_of(tenant.place)
            behind = len(_wanted() - _applied(tenant))
    except (DatabaseError, SchemaMissing, NoTenant) as trouble:
        error = type(trouble).__name__
    row, _made = StructureCheck.objects.update_or_create(
        tenant=tenant,
        defaults={
            "at": timezone.now(),
            "fingerprint": found,
            "behind": behind,
            "is_equal": not error and behind == 0 and found == plan.fingerprint,
            "error": error,
        },
    )
    return row


def check_all() -> list[str]:
    """Check every agency that has a schema; return the slugs of those that differ."""
    with in_public():
        kept = [Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.LEAVING]
        tenants = list(Tenant.objects.filter(state__in=kept).order_by("slug"))
        return [tenant.slug for tenant in tenants if not check(tenant).is_equal]


def _wanted() -> set[tuple[str, str]]:
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    return {key for key in MigrationLoader(None).disk_migrations if key[0] in labels}


def _applied(tenant: Tenant) -> set[tuple[str, str]]:
    with in_tenant(tenant):
        return set(MigrationRecorder(connection).applied_migrations())
