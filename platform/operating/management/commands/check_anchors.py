"""Hold files of anchors that were kept outside against the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operating.checks import anchors


class Command(BaseCommand):
    help = "Compare files of anchors kept outside with the logs and books of today; fails where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for name in options["files"]:
            try:
                found = anchors.differences(Path(name).read_bytes())
            except (anchors.NotOurs, OSError) as error:
                found = [str(error)]
            self.stdout.write(f"{name}: {'; '.join(found) or 'as it was'}")
            differing += bool(found)
        if differing:
            raise CommandError(f"{differing} differ")
