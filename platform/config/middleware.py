"""What happens to every request before and around the apps: probes, metrics, and input that no text may hold."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hmac import compare_digest
from typing import Final

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django_prometheus.exports import ExportToDjangoView

from common import clock
from common.files import proofs
from common.programs.problems import plain_problem
from config.celery import app as celery_app
from tenants.running import in_public

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# The pages use none of these but passkeys; what is not named is each browser's own default.
DENIED: Final = (
    "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "geolocation",
    "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
PERMISSIONS_POLICY: Final = ", ".join(
    [*(f"{name}=()" for name in DENIED), "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
LARGEST_BODY: Final = proofs.LARGEST + proofs.MB  # the largest file and the fields beside it
READY_WITHIN = 1.5  # seconds: who asks for readiness does not wait longer than 2


class ProbeMiddleware:
    """Answer /healthz (this process) and /readyz (database, migrations, broker, clock) on any host, before routing.

    /metrics answers who carries METRICS_TOKEN; it counts requests by page and status, of no agency and nobody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path_info == "/readyz":
            trouble = _ready()
            # Without the broker, or with a wrong clock, pages go on and work waits for its sweep: it stays in service.
            gone = "database" in trouble
            status = "trouble" if gone else "degraded" if trouble else "ok"
            return JsonResponse({"status": status, **trouble}, status=503 if gone else 200)
        if request.path_info == "/metrics" and settings.METRICS_TOKEN:
            return _metrics(request)
        return self.get_response(request)


def _metrics(request: HttpRequest) -> HttpResponseBase:
    said = request.headers.get("Authorization", "").encode()
    if not compare_digest(said, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return JsonResponse({"status": "forbidden"}, status=403)
    answer: HttpResponseBase = ExportToDjangoView(request)
    return answer


def _ready() -> dict[str, str]:
    """Return what is in trouble. All are asked at once, each on a connection of its own, and given READY_WITHIN."""
    questions = (("database", _database), ("broker", _broker), ("clock", _clock))
    pool = ThreadPoolExecutor(len(questions))
    asked = {name: pool.submit(ask) for name, ask in questions}
    until = time.monotonic() + READY_WITHIN
    trouble = {}
    for name, answer in asked.items():
        try:
            text = answer.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            text = "does not answer"
        if text:
            trouble[name] = text
    pool.shutdown(wait=False)
    return trouble


def _database() -> str:
    try:
        with in_public(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenants_blueprint")
            return "" if cursor.fetchone()[0] else "not upgraded"
    except Exception as error:
        return type(error).__name__
    finally:
        connection.close()


def _clock() -> str:
    """Tell of a wrong clock; the process stays in service, since what counts goes by the database's."""
    try:
        with in_public():
            return clock.trouble()
    except Exception:
        return ""  # the database's trouble is told by itself
    finally:
        connection.close()


def _broker() -> str:
    try:
        with celery_app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)
        return ""
    except Exception as error:
        return type(error).__name__


class PlainHttpMiddleware:
    """Where HTTPS is spoken, refuse a program that comes without it: led on silently, it would send its token in clear
    every time and never know (ASVS V4.1.2). Pages are led to HTTPS by the security middleware after this one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and request.path_info.startswith("/api/") and not request.is_secure():
            with translation.override(translation.get_language_from_request(request)):
                return plain_problem(403, _("请用 HTTPS 调用接口。这次请求没有加密，令牌可能已被看到，请换新的令牌。"))
        return self.get_response(request)


class KeptNowhereMiddleware:
    """Let no browser and no proxy keep what may be about somebody, and no foreign page take in anything of ours.

    What may be about somebody: everything on an agency's host and, on the shared one, what is answered to a browser
    with a session, to a program, or to anything but a plain look. Not the static files: they are everybody's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        if _may_be_personal(request):
            response["Cache-Control"] = "no-store"
        return response


def _may_be_personal(request: HttpRequest) -> bool:
    if request.path_info.startswith(settings.STATIC_URL):
        return False
    return (
        getattr(request, "urlconf", None) != "config.urls_public"
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or request.path_info.startswith(("/api/", "/accounts/"))
        or request.method not in ("GET", "HEAD")
    )


class CleanInputMiddleware:
    """Refuse with 400, before it is read, what is larger than any form or file may be, and then what no text can hold
    (NUL, lone surrogates), wherever in the query or form it stands."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise RequestDataTooBig(proofs.too_large())
        if not all(is_text(value) for value in (request.path_info, *_values(request))):
            raise BadRequest(_("内容含有无法保存的字符。"))
        return self.get_response(request)


def _values(request: HttpRequest) -> list[str]:
    lists = [*request.GET.lists()]
    if request.method == "POST" and request.content_type != "application/json":
        lists += request.POST.lists()
    return [text for name, values in lists for text in (name, *values)]


def is_text(value: str) -> bool:
    """Return False for NUL and lone surrogates; rare characters such as 𠮷 are text."""
    return "\x00" not in value and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)
