"""/metrics: for who carries the token, and of nobody."""

from typing import Any

from django.test import Client


def test_without_a_token_there_is_no_such_page(public: None, settings: Any) -> None:
    settings.METRICS_TOKEN = ""

    assert Client(HTTP_HOST="localhost").get("/metrics").status_code == 404


def test_only_the_token_opens_it(public: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "read-only-numbers"
    anybody = Client(HTTP_HOST="10.0.0.7")

    for said in ("", "Bearer", "Bearer wrong", "read-only-numbers", "Bearer é"):
        assert anybody.get("/metrics", headers={"Authorization": said}).status_code == 403
    answer = anybody.get("/metrics", headers={"Authorization": "Bearer read-only-numbers"})

    assert answer.status_code == 200
    assert b"django_http_requests" in answer.content


def test_it_names_pages_and_no_agency(north_row: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = "t"
    Client(HTTP_HOST="north.localhost").get("/accounts/login/?next=/clients/")

    said = Client(HTTP_HOST="10.0.0.7").get("/metrics", headers={"Authorization": "Bearer t"}).content.decode()

    assert "account_login" in said
    assert "north" not in said
