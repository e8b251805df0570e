"""A request that breaks off before its end is the sender's: it is told so, and nothing is taken for a fault of ours."""

import json
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory


class BrokenOff:
    def read(self, *size: int) -> bytes:
        raise ConnectionResetError("gone")

    readline = read


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/v1/auth/token/", "application/json"), ("/api/v1/auth/token/", "application/x-www-form-urlencoded")],
)
def test_what_breaks_off_is_asked_for_again(db: None, path: str, content_type: str) -> None:
    environ = RequestFactory().generic("POST", path, b"{}", content_type, HTTP_HOST="localhost").environ
    environ["wsgi.input"] = BrokenOff()
    begun: list[Any] = []
    answer = WSGIHandler()(environ, lambda status, told, *rest: begun.append(status))
    body = json.loads(b"".join(answer))
    answer.close()

    assert begun[0].startswith("400")
    assert "请再发一次" in body["detail"]
