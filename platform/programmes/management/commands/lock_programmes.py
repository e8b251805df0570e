"""manage.py lock_programmes: publish new editions by writing their digests into programmes.lock."""

from typing import Any

from django.core.management.base import BaseCommand

from programmes import lock


class Command(BaseCommand):
    help = "Add the digest of every new programme edition to programmes.lock. Locked editions are never rewritten."

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name in lock.add_new():
            self.stdout.write(f"locked {name}")
        for problem in lock.problems():
            self.stderr.write(problem)
