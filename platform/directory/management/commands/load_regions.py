"""Load the divisions of the Ministry of Civil Affairs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.loading import divisions, load, within
from tenants.backend.owner import as_owner
from tenants.running import on_shared_floor


class Command(BaseCommand):
    help = "Load the divisions of the Ministry of Civil Affairs, or those above and below some codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--within", nargs="+", default=[], metavar="CODE", help="only these and what belongs to them"
        )

    @on_shared_floor
    def handle(self, *args: Any, **options: Any) -> None:
        codes: list[str] = options["within"]
        if unknown := set(codes) - {division.code for division in divisions()}:
            raise CommandError(f"no division {', '.join(sorted(unknown))}")
        with as_owner():  # it makes a table for the while
            count = load(within(codes) if codes else divisions())
        self.stdout.write(f"{count} divisions")
