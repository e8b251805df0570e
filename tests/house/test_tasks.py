"""What is sent to the background is found again without its message: a broker may die and be emptied."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from config.celery import app
from config.timetable import TIMETABLE

ROOT = Path(settings.ROOT)
SENT = re.compile(r"(\w+)\.(?:delay|apply_async)\(")
SOURCES = [
    file
    for folder in ("platform", "tenants", "services", "billing")
    for file in (ROOT / folder).rglob("*.py")
    if "migrations" not in file.parts
]
app.loader.import_default_modules()
OURS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.") and ".tasks." in name}


def test_every_task_that_code_sends_has_a_sweep() -> None:
    by_function = {name.rpartition(".")[2]: task for name, task in OURS.items()}
    sent = {name for file in SOURCES for name in SENT.findall(file.read_text()) if name in by_function}

    assert sent >= {"provision", "send", "pay_run", "prepare_export", "delete_agency"}
    for name in sent:
        assert by_function[name].taken_up_by in TIMETABLE, name


@pytest.mark.parametrize("entry", TIMETABLE)
def test_what_runs_by_the_clock_is_a_task(entry: str) -> None:
    assert TIMETABLE[entry]["task"] in OURS
