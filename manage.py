#!/usr/bin/env python
"""Django's command line, with platform/ on the path (it is a source root, not a package)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    sys.path.insert(0, str(ROOT / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        from tenants.backend.unknown_commits import note_command

        note_command(error, " ".join(sys.argv[1:2]))
        raise


if __name__ == "__main__":
    main()
