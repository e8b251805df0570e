"""The ground of every test: one PostgreSQL for the run, two agencies made once, each test rolled back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation

pytest_plugins = [
    "tests.cast", "tests.pooler", "tests.workroom", "tests.till", "tests.demo", "tests.services.funds.treasury",
    "tests.services.grants.cast",
]  # fmt: skip


def pytest_configure() -> None:
    """Passwords of tests are hashed the quick way: a hundred people are made a minute. Static files are looked for when
    they are asked for: each new test client would list them all before its first answer."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def unbuilt_static_files(settings: Any) -> None:
    """Pages name their static files plainly: `make test` needs no collectstatic."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _no_language_left_behind() -> Iterator[None]:
    """A page asked for in English leaves its language with the thread; the next test speaks Chinese again."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers of an agency for some seconds is another test's agency here: it is asked for anew by
    each test, and once, however slow the machine, so that queries can be counted."""
    from billing.plans import entitlement
    from tenants.emergency import actions as emergency

    for each in (entitlement, emergency):
        each.forget()
        monkeypatch.setattr(each, "REMEMBER_SECONDS", 3600.0)
