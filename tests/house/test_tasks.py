"""What is sent to the background is found again without its message: a broker may die and be emptied."""

import re

import pytest

from config.celery import app
from config.sources import python_files
from config.timetable import TIMETABLE

SENT = re.compile(r"(\w+)\.(?:delay|apply_async)\(")
SOURCES = python_files(migrations=False)
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
