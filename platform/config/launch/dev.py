"""The product for who writes it (make dev): the demo's data and course, but changes are taken up while it runs.

Django's own development server takes up Python and templates and shows its debug page; the asset build stays and
watches; the worker is started again when Python changes; letters and logs appear in the terminal.
"""

import os
import sys
from pathlib import Path

from config.launch import demo

WORDS = "Changes in Python, templates, styles and scripts are taken up: reload the page. A new migration: start again."


class Logs:
    """Shows on the terminal what the processes' logs say from now on, each line with its process's name."""

    def __init__(self) -> None:
        self.read: dict[Path, int] = {}

    def show(self, home: Path) -> None:
        for log in sorted((home / "logs").glob("*.log")):
            size = log.stat().st_size
            start = self.read.setdefault(log, size)
            if size > start:
                with log.open("rb") as lines:
                    lines.seek(start)
                    said = lines.read(size - start)
                whole = said[: said.rfind(b"\n") + 1]  # a line that is still being written comes next time
                self.read[log] = start + len(whole)
                for line in whole.decode(errors="replace").splitlines():
                    print(f"{log.stem:>6} | {line}", flush=True)


def commands(home: Path, port: int) -> demo.Commands:
    """Return the processes of `make dev`: the worker holds the clock of beat too."""
    worker = demo.commands(home, port)["worker"]
    return {
        # WhiteNoise serves the built files so that each reload asks for them; of Django's browsers keep a copy a while.
        "web": [sys.executable, str(demo.ROOT / "manage.py"), "runserver", "--nostatic", f"127.0.0.1:{port}"],
        "worker": [sys.executable, "-m", "config.launch.reloading", *worker, "--beat"],
        "assets": [str(demo.ROOT / ".ci" / "npm"), "run", "build", "--", "--watch"],
    }


def run() -> int:
    """Run it until it is told to end; the return code is the demo's."""
    settings = {
        "LIANDONG_DEBUG": "1",
        "STATIC_COLLECTED": "0",
        "EMAIL_URL": os.environ.get("EMAIL_URL") or "consolemail://",
    }
    return demo.run(demo.Way(settings, commands, Logs().show, WORDS))
