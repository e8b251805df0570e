"""The ground of every test: one PostgreSQL for the run, two agencies made once, each test rolled back."""

from typing import Any

import pytest

pytest_plugins = ["tests.cast", "tests.workroom"]


@pytest.fixture(autouse=True)
def unbuilt_static_files(settings: Any) -> None:
    """Pages name their static files plainly: `make test` needs no collectstatic."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
