"""Make the demo's data, unless it is there."""

from typing import Any

from django.core.management.base import BaseCommand

from config.demo import seeding


class Command(BaseCommand):
    help = "Make an invented year of work in Jinan, unless it is there."

    def handle(self, *args: Any, **options: Any) -> None:
        if seeding.is_seeded():
            self.stdout.write("the demo data is there already")
            return
        seeding.seed(say=self.stdout.write)
