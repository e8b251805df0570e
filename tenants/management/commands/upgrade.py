"""Bring the shared floor and every agency to this release."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from tenants.agencies import blueprint
from tenants.backend import table_rights
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tenants.places import PUBLIC
from tenants.running import in_public


class Command(BaseCommand):
    """Migrate public, record the blueprint, migrate each agency that is behind, compare its structure.

    Can be stopped and run again at any point. One agency's failure is named and the others are finished.
    """

    help = "Migrate the shared floor and every agency to this release."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            self.upgrade()

    def upgrade(self) -> None:
        with in_public(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        blueprint.migrate_here(PUBLIC)
        plan = blueprint.latest()
        with in_public():
            kept = [Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.LEAVING]
            behind = list(Tenant.objects.filter(state__in=kept).exclude(fingerprint=plan.fingerprint).order_by("slug"))
            without = set(table_rights.missing(tenant.schema_name for tenant in Tenant.objects.filter(state__in=kept)))
            for tenant in Tenant.objects.filter(schema_name__in=without, fingerprint=plan.fingerprint):
                table_rights.give(tenant.place)
        failed = [tenant.slug for tenant in behind if not self.bring_up(tenant, plan.fingerprint)]
        self.stdout.write(f"release {plan.release[:12]}: {len(behind)} agencies brought up, {len(failed)} failed")
        if failed:
            raise SystemExit(f"not at this release: {', '.join(failed)}")

    def bring_up(self, tenant: Tenant, fingerprint: str) -> bool:
        try:
            blueprint.migrate_here(tenant.place)
        except Exception as error:
            self.stderr.write(f"{tenant.slug}: {error}")
            return False
        with in_public():
            tenant.fingerprint = blueprint.fingerprint_of(tenant.place)
            tenant.save(update_fields=["fingerprint"])
        if tenant.fingerprint != fingerprint:
            self.stderr.write(f"{tenant.slug}: its structure differs from the blueprint")
        return tenant.fingerprint == fingerprint
