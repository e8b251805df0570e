"""What may be about somebody is kept nowhere: each page, answer and export that a role can reach is asked for."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import set_urlconf

from tenants.running import in_tenant
from tests.cast import PASSWORD, officer, signed_in
from tests.house.test_permissions import addresses, path_of, refs, unknown_path
from tests.workroom import Workroom

LISTS = ("/clients/", "/records/", "/volunteers/", "/staff/", "/members/", "/stations/", "/households/")


def kept(answer: Any) -> bool:
    return "no-store" not in answer.headers.get("Cache-Control", "")


def guarded(answer: Any) -> bool:
    return (
        answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin"
        and answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin"
        and "camera=()" in answer.headers.get("Permissions-Policy", "")
    )


def test_nothing_of_an_agencys_host_is_kept(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        known = refs(north_room)
        set_urlconf("config.urls_tenant")
        paths = {
            path_of(name, pattern, known, "config.urls_tenant")
            for name, pattern in addresses("config.urls_tenant").items()
        } - {None}
        set_urlconf(None)
    paths |= {f"{path}?export=xlsx" for path in LISTS} | {"/nothing/", "/accounts/login/", "/accounts/2fa/"}
    wrong = []
    for browser in (signed_in(north_room.director, north_room.host), Client(HTTP_HOST=north_room.host)):
        answers = {str(path): browser.get(str(path)) for path in sorted(map(str, paths))}
        wrong += [path for path, answer in answers.items() if kept(answer) or not guarded(answer)]
    assert wrong == []
    assert len(paths) > 80


def test_nothing_that_a_signed_in_person_sees_of_the_shared_host_is_kept(public: None) -> None:
    browser = signed_in(officer("somebody", "city_officer", "370100"))
    paths = [unknown_path(pattern, name) for name, pattern in addresses("config.urls_public").items()]

    wrong = [path for path in paths if kept(browser.get(path)) or not guarded(browser.get(path))]

    assert wrong == []


def test_programs_answers_and_refusals_are_not_kept(public: None) -> None:
    visitor = Client(HTTP_HOST="localhost")

    assert not kept(visitor.get("/api/v1/regions/"))
    assert not kept(visitor.post("/accounts/login/", {"login": "x", "password": PASSWORD}))
    assert not kept(Client(HTTP_HOST="nobody.localhost").get("/"))


def test_what_is_the_same_for_everybody_may_be_kept(public: None) -> None:
    for path in ("/", "/funds/", "/static/app.css"):
        answer = Client(HTTP_HOST="localhost").head(path)
        assert kept(answer), path
        assert guarded(answer)


def test_the_cookies_of_a_deployment_are_bound_to_their_host(north_room: Workroom, settings: Any) -> None:
    settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME = "__Host-sessionid", "__Host-device"
    settings.SESSION_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    browser = signed_in(north_room.director, north_room.host)
    browser.post("/i18n/setlang/", {"language": "en"})

    assert {"__Host-sessionid", "__Host-device", django_settings.LANGUAGE_COOKIE_NAME} <= set(browser.cookies)
    for name, cookie in browser.cookies.items():
        if cookie.value:
            assert cookie["secure"], name
            assert cookie["httponly"], name
            assert (cookie["path"], cookie["domain"]) == ("/", ""), name
    assert browser.get("/clients/").status_code == 200


def test_programs_are_refused_over_plain_http_and_pages_led_on(north_room: Workroom, settings: Any) -> None:
    """A program that is redirected never notices that it sends its token in clear."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for host in (north_room.host, "localhost"):
        plain = Client(HTTP_HOST=host)
        call = plain.get("/api/v1/regions/", headers={"authorization": "Bearer a-token", "accept-language": "en"})
        page = plain.get("/accounts/login/")
        assert (call.status_code, call["Content-Type"]) == (403, "application/problem+json")
        assert "HTTPS" in call.json()["detail"]
        assert "Location" not in call
        assert (page.status_code, page["Location"]) == (301, f"https://{host}/accounts/login/")
        sealed = Client(HTTP_HOST=host, headers={"x-forwarded-proto": "https"}).get("/api/v1/regions/")
        assert sealed.status_code in (200, 401)


@pytest.mark.parametrize(("https", "name"), [("1", "__Host-sessionid"), ("0", "sessionid")])
def test_the_name_follows_https(https: str, name: str) -> None:
    """A browser takes a __Host- cookie over HTTPS alone: the demo's is plain."""
    said = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.SESSION_COOKIE_NAME)"],
        env={**os.environ, "HTTPS": https, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert said.stdout.strip() == name
