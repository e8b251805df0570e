"""Bring the demo's database, static files and data to this release; running it again keeps what is there."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from directory.models import Region
from tenants.running import in_public


class Command(BaseCommand):
    help = "Prepare a demo: this release's structure, static files, divisions, demo data."

    def handle(self, *args: Any, **options: Any) -> None:
        self.step("Bringing the database to this release", lambda: call_command("upgrade", stdout=self.stdout))
        self.step("Collecting static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
        with in_public():
            has_regions = Region.objects.exists()
        if not has_regions:
            self.step("Loading the divisions", lambda: call_command("load_regions", stdout=self.stdout))
        self.step("Making the demo data", lambda: call_command("seed_demo", stdout=self.stdout))

    def step(self, words: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        self.stdout.write(f"{words} …")
        self.stdout.flush()
        work()
        self.stdout.write(f"  {time.monotonic() - started:.1f} s")
        self.stdout.flush()
