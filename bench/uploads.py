"""One agency uploads files made to hurt, without a pause; how long another agency's pages take meanwhile.

The web server is the demo's: two processes of eight threads. Ours is the 95th percentile of a page of the second agency
while the first uploads, theirs the same in quiet, in turns. The most memory that a web process ever held is told beside
it: P21 allows 512 MB.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import quantiles

from django.conf import settings
from django.test import Client

from accounts.models import User
from bench.ground import Row, at_most, row
from tenants.agencies.actions import give_roles, open_agency
from tenants.running import in_public
from tests.bombs import BOMBS

GOAL = 1.2
MOST_MB = 512.0
ROUNDS = 4
PAGES = 100
UPLOADERS = 1
PASSWORD = "for measuring only"
UPLOAD, PAGE = "/start/stations/sheet/", "/stations/"


def measure() -> list[Row]:
    """Return the ratio of the percentiles, and the megabytes of the largest web process."""
    victim, attacker = _signed_in("bench-calm", PAGE), _signed_in("bench-bombs", UPLOAD)
    bodies = [_multipart(make(), attacker.csrf) for make in BOMBS.values()]
    with _server() as (port, processes):
        quiet, loud = [], []
        for _ in range(10):
            _ask(port, victim)
        for _ in range(ROUNDS):
            quiet += [_timed(port, victim) for _ in range(PAGES)]
            with _uploading(port, attacker, bodies) as answers:
                loud += [_timed(port, victim) for _ in range(PAGES)]
            if not answers or not all(400 <= status < 500 for status in answers):
                raise AssertionError(f"a bomb was answered with {sorted(set(answers))}")
        most = max(_peak_mb(pid) for pid in processes())
    return [
        at_most("page_p95_while_bombs_are_uploaded", _p95(loud), _p95(quiet), GOAL),
        row("web_process_peak_mb", most, MOST_MB, most / MOST_MB, 1.0, most <= MOST_MB),
    ]


class _Visitor:
    """A signed-in browser's cookie and token, for requests made by hand."""

    def __init__(self, host: str, cookie: str, csrf: str) -> None:
        self.host, self.cookie, self.csrf = host, cookie, csrf


def _signed_in(slug: str, page: str) -> _Visitor:
    with in_public():
        tenant = open_agency(slug=slug, name=slug, region="370102")
        user = User.objects.create_user(f"{slug}-director", PASSWORD)
        give_roles(user=user, tenant=tenant, roles=["agency_director"], by=None)
    host = f"{slug}.localhost"
    browser = Client(HTTP_HOST=host)
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(page).content.decode())
    cookie = settings.SESSION_COOKIE_NAME
    return _Visitor(host, f"{cookie}={browser.cookies[cookie].value}", found[1] if found else "")


def _multipart(file: bytes, csrf: str) -> bytes:
    head = (
        f'--edge\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{csrf}\r\n'
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
    )
    return head.encode() + file + b"\r\n--edge--\r\n"


@contextmanager
def _server() -> Iterator[tuple[int, Callable[[], list[int]]]]:
    """Start the web server as the demo does; yield its port and a way to ask for its processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
         "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--log-level", "error"],
        env=env, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port)
        yield port, lambda: [int(pid) for pid in Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()]
    finally:
        web.terminate()
        web.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the web server did not start")


@contextmanager
def _uploading(port: int, who: _Visitor, bodies: list[bytes]) -> Iterator[list[int]]:
    """Upload from several threads until the block ends; yield the list that the answers' states go to."""
    ended, answers = threading.Event(), list[int]()

    def go(first: int) -> None:
        for body in cycle(bodies[first:] + bodies[:first]):
            if ended.is_set():
                return
            answers.append(_ask(port, who, body))

    threads = [threading.Thread(target=go, args=[number * 3]) for number in range(UPLOADERS)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.5)
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _ask(port: int, who: _Visitor, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": who.host, "Cookie": who.cookie}
    if body is None:
        connection.request("GET", PAGE, headers=headers)
    else:
        headers["Content-Type"] = "multipart/form-data; boundary=edge"
        connection.request("POST", UPLOAD, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _timed(port: int, who: _Visitor) -> float:
    started = time.perf_counter()
    if (status := _ask(port, who)) != 200:
        raise AssertionError(f"the other agency's page was answered with {status}")
    return time.perf_counter() - started


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _peak_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
