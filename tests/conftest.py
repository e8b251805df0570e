"""The ground of every test: one PostgreSQL for the run, two agencies made once, each test rolled back."""

from typing import Any

import pytest
from django.conf import settings as django_settings

pytest_plugins = ["tests.cast", "tests.workroom"]


def pytest_configure() -> None:
    """Passwords of tests are hashed the quick way: a hundred people are made a minute."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def unbuilt_static_files(settings: Any) -> None:
    """Pages name their static files plainly: `make test` needs no collectstatic."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
