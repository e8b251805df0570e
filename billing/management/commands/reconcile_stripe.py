"""Compare our books with Stripe's, both ways, and post what is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateway import client as gateway
from billing.stripe_sync import reconcile
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "Compares our books with Stripe's, both ways, and posts what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=reconcile.DAYS, help="how far back, at most 30")

    @on_shared_floor
    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if not 1 <= days <= reconcile.MOST_DAYS:
            raise CommandError(f"--days takes 1 to {reconcile.MOST_DAYS}: Stripe keeps its events that long.")
        if not gateway.is_ready():
            raise CommandError("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET are not set.")
        found = reconcile.reconcile(days=days)
        self.stdout.write(
            f"events {found.events_listed} ({found.events_missed} missed), movements {found.movements_listed} "
            f"({found.movements_posted} posted), unmatched {found.unmatched}, difference {found.difference} yuan"
        )
        if found.error or found.unmatched or found.difference:
            raise CommandError(found.error or "The books differ.")
