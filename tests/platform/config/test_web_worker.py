"""Slow and silent senders hold no thread for long: others are answered meanwhile."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pooler import free_port

APP = """
import time
def app(environ, start):
    if environ["PATH_INFO"] == "/busy/":
        time.sleep(1.5)
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
"""
CONFIG = """
from config.gunicorn import *
from config import web_worker
web_worker.HEAD_SECONDS = 1.0
workers, threads = 1, 4
"""
HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A web process of one worker and four threads that gives a request a second."""
    (tmp_path / "echo.py").write_text(APP)
    (tmp_path / "conf.py").write_text(CONFIG)
    number = free_port()
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(tmp_path / "conf.py"), "echo:app", "-b", f"127.0.0.1:{number}"],
        env={"PYTHONPATH": f"{root / 'platform'}:{root}:{tmp_path}", "PATH": "/usr/bin:/bin"},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", number)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield number
    process.terminate()
    process.wait(40)


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", data=b"hello", timeout=10) as answer:
        return bool(answer.read() == b"hello")


def opened(port: int, many: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", port)) for _ in range(many)]


def test_two_hundred_who_say_nothing_hold_no_thread(port: int) -> None:
    silent = opened(port, 200)

    assert answers(port)

    for each in silent:
        each.settimeout(10)
        assert each.recv(1) == b""  # let go of, without a word
        each.close()


def test_who_trickles_is_let_go_and_others_are_answered(port: int) -> None:
    slow = opened(port, 8)
    for each in slow:
        each.sendall(HEAD[:10])
    for _ in range(3):  # a byte now and then buys no time
        time.sleep(0.3)
        for each in slow:
            each.sendall(b"H")

    assert answers(port)

    for each in slow:
        each.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            assert each.recv(100) == b""
        each.close()


def test_our_own_slowness_is_not_the_senders(port: int) -> None:
    """Five requests for four threads, each busy longer than a sender may take before the body is read."""
    many = opened(port, 5)
    for each in many:
        each.settimeout(20)
        each.sendall(HEAD.replace(b"POST /", b"POST /busy/"))
    time.sleep(0.3)
    for each in many:
        each.sendall(b"hello")

    for each in many:
        said = b""
        while b"hello" not in said:
            part = each.recv(1000)
            assert part, said
            said += part
        assert said.startswith(b"HTTP/1.1 200")
        each.close()


def test_a_connection_is_kept_and_each_request_has_its_own_time(port: int) -> None:
    (kept,) = opened(port, 1)
    kept.settimeout(10)
    for _ in range(3):
        kept.sendall(HEAD + b"hello")
        said = b""
        while b"hello" not in said:
            said += kept.recv(1000)
        assert said.startswith(b"HTTP/1.1 200")
        time.sleep(0.7)
    kept.close()
