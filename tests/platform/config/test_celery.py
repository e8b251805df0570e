"""What the clock calls exists, and runs on the shared floor."""

import pytest
from django.conf import settings

from config.celery import app
from tenants.running import HEADER, SHARED_FLOOR, SharedTask


@pytest.mark.parametrize("name", [entry["task"] for entry in settings.CELERY["beat_schedule"].values()])
def test_every_task_of_the_clock_runs_on_the_shared_floor(db: None, name: str) -> None:
    app.loader.import_default_modules()
    task = app.tasks[name]

    assert isinstance(task, SharedTask)
    assert task.apply(headers={HEADER: SHARED_FLOOR}).get() >= 0
