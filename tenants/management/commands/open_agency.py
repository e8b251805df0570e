"""Open an agency from the command line: what the sign-up page does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common.refusals import Refused
from tenants.agencies import actions as agencies
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "Open an agency: row, key, schema, host and, if named, its director."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--region", default="", help="division code")
        parser.add_argument("--director", default="", help="username of an existing person")

    @on_shared_floor
    def handle(self, *args: Any, slug: str, name: str, region: str, director: str, **options: Any) -> None:
        try:
            tenant = agencies.open_agency(slug=slug, name=name, region=region)
            if director:
                user = User.objects.get(username=director)
                agencies.give_roles(user=user, tenant=tenant, roles=["agency_director"], by=None)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.reasons)) from None
        except User.DoesNotExist:
            raise CommandError(f"no person called {director}") from None
        self.stdout.write(f"{tenant.name}: {tenant.state} in {tenant.schema_name}")
