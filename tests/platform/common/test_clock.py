"""A machine whose clock is wrong is told of, and nothing that counts goes by it (AT-36)."""

import datetime as dt
import logging
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from common import clock
from tenants.running import HEADER, SHARED_FLOOR, in_public
from tenants.tasks import compare_clocks
from tests.cast import PASSWORD
from tests.workroom import Workroom


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set this machine's clock forth or back by some seconds."""
    real = timezone.now

    def by(seconds: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + dt.timedelta(seconds=seconds))

    return by


def test_more_than_five_seconds_are_told(public: None, ahead: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert abs(clock.skew()) < 1
    assert clock.trouble() == ""
    ahead(4)
    assert clock.trouble() == ""
    for seconds, words in ((6, "6 s ahead of the database"), (-3600, "3600 s behind the database")):
        ahead(seconds)
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            assert clock.trouble() == words
        assert words in caplog.text


def test_readyz_says_so_and_goes_on(public: None, ahead: Any) -> None:
    browser = Client(HTTP_HOST="localhost")
    assert "clock" not in browser.get("/readyz").json()
    ahead(12)
    told = browser.get("/readyz")
    assert "12 s ahead" in told.json()["clock"]


def test_the_worker_says_so_too(public: None, ahead: Any) -> None:
    ahead(60)
    assert compare_clocks.apply(headers={HEADER: SHARED_FLOOR}).get() == 1


@pytest.mark.parametrize("seconds", [600, -3600])
def test_tokens_end_by_the_databases_clock(north_room: Workroom, ahead: Any, seconds: float) -> None:
    user = north_room.wei.user
    assert user
    browser = Client(HTTP_HOST=north_room.host)
    ahead(seconds)
    said = {"username": user.username, "password": PASSWORD}
    token = browser.post("/api/v1/auth/token/", said, content_type="application/json").json()["token"]
    headers = {"Authorization": f"Token {token}"}
    with in_public():
        row = ApiToken.objects.get(user=user)
        assert abs((row.expires_at - clock.now()).total_seconds() - 30 * 86400) < 60

    for left, status in ((60, 200), (-60, 401)):
        with in_public():
            ends = clock.now() + dt.timedelta(seconds=left)
            ApiToken.objects.filter(pk=row.pk).update(expires_at=ends)
        assert browser.get("/api/v1/clients/", headers=headers).status_code == status
