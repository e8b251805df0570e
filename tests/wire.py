"""The real WSGI application, called as the web server calls it: every request begins and ends with Django's signals."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


def ask(method: str, path: str, host: str, body: bytes | str = b"", content_type: str = FORM, **headers: str) -> Answer:
    """Send one request through the whole stack and return what came back. Header names are written with `_`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = RequestFactory().generic(method, path, body, content_type, HTTP_HOST=host, headers=named).environ
    begun: list[Any] = []
    answer = WSGIHandler()(environ, lambda status, told, *rest: begun.extend((status, told)))
    try:
        content = b"".join(answer)
    finally:
        answer.close()
    return Answer(int(begun[0].split()[0]), dict(begun[1]), content)


def cookies(browser: Client) -> str:
    """Return a signed-in browser's cookies as one header."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def csrf_token(page: str) -> str:
    """Return the CSRF token a page's form carries."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found.group(1)
