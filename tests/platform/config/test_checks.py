import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

OPEN_POLICY = {"DIRECTIVES": {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src": ["'unsafe-inline'"]}}


def complaints(*, deploy: bool = False) -> set[str | None]:
    found = run_checks(include_deployment_checks=deploy)
    return {message.id for message in found if message.id and message.id.startswith("house.")}


def test_our_settings_pass() -> None:
    assert complaints() == set()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("ALLOWED_HOSTS", ["*"], "house.E001"),
        ("USE_X_FORWARDED_HOST", True, "house.E002"),
        ("SESSION_COOKIE_DOMAIN", ".localhost", "house.E003"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "house.E004"),
        (
            "STORAGES",
            {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}},
            "house.E005",
        ),
        ("DATABASE_ROUTERS", [], "house.E007"),
        ("TENANT_APPS", [*settings.TENANT_APPS, "directory"], "house.E008"),
        ("REST_FRAMEWORK", {}, "house.E010"),
        ("CONTENT_SECURITY_POLICY", OPEN_POLICY, "house.E012"),
        ("MIDDLEWARE", [name for name in settings.MIDDLEWARE if "KeptNowhere" not in name], "house.E015"),
        ("LANGUAGE_COOKIE_HTTPONLY", False, "house.E016"),
    ],
)
def test_a_leak_is_named(settings: Any, name: str, value: Any, complaint: str) -> None:
    setattr(settings, name, value)

    assert complaint in complaints()


def test_cookies_of_a_deployment_belong_to_one_host_over_https(settings: Any) -> None:
    settings.HTTPS = True
    assert {"house.E017", "house.E018"} <= complaints()

    settings.SESSION_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME = "__Host-sessionid", "__Host-device"
    assert not {"house.E017", "house.E018"} & complaints()


def test_a_deployment_is_no_demo_and_asks_for_a_second_factor(settings: Any) -> None:
    settings.DEMO, settings.MFA_REQUIRED = False, False
    assert "house.E014" in complaints(deploy=True)

    settings.MFA_REQUIRED = True
    assert not {"house.E013", "house.E014"} & complaints(deploy=True)

    settings.DEMO = True
    assert "house.E013" in complaints(deploy=True)


@pytest.mark.parametrize(("name", "value"), [("HTTPS", True), ("DEMO", False), ("BASE_HOST", "liandong.example.org")])
def test_the_debug_page_is_for_ones_own_machine(settings: Any, name: str, value: Any) -> None:
    settings.DEBUG, settings.DEMO, settings.HTTPS, settings.BASE_HOST = True, True, False, "localhost"
    assert "house.E019" not in complaints()
    assert "house.E020" in complaints(deploy=True)

    setattr(settings, name, value)
    assert "house.E019" in complaints()


@pytest.mark.parametrize("deployed", [{"HTTPS": "1"}, {"LIANDONG_DEMO": "0"}, {"BASE_HOST": "liandong.example.org"}])
def test_a_deployment_with_the_debug_page_does_not_start(deployed: dict[str, str]) -> None:
    """The web process runs no checks: the settings themselves refuse."""
    on_ones_own = {"LIANDONG_DEBUG": "1", "LIANDONG_DEMO": "1", "HTTPS": "0", "BASE_HOST": "localhost"}
    read = "from config import settings; print(settings.DEBUG)"
    paths = f"{settings.ROOT / 'platform'}{os.pathsep}{settings.ROOT}"

    def settings_under(names: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "PYTHONPATH": paths, **names}
        return subprocess.run([sys.executable, "-c", read], env=env, capture_output=True, text=True, check=False)

    assert settings_under(on_ones_own).stdout == "True\n"
    refused = settings_under({**on_ones_own, **deployed})
    assert refused.returncode == 1
    assert "LIANDONG_DEBUG is for `make dev`" in refused.stderr


def test_without_a_word_the_debug_page_is_off() -> None:
    assert settings.DEBUG is False
