"""What the clock sends is what the workers know."""

from config.celery import app
from config.timetable import TIMETABLE


def test_every_task_of_the_timetable_is_one() -> None:
    app.loader.import_default_modules()

    assert {each["task"] for each in TIMETABLE.values()} - set(app.tasks) == set()
    assert len({each["task"] for each in TIMETABLE.values()}) == len(TIMETABLE)
