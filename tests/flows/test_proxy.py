"""The proxy of docs/one-server.md, as that page writes it: it takes slow senders upon itself, others are answered."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pooler import free_port

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
HOST = "liandong.example.org"
SLOW = 200
APP = """
def app(environ, start):
    body = environ["wsgi.input"].read()
    said = f'{environ["HTTP_HOST"]} {environ["HTTP_X_FORWARDED_PROTO"]} {len(body)}'.encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]
"""
pytestmark = [pytest.mark.nightly, pytest.mark.skipif(not NGINX, reason="nginx is not installed")]


def guides_words(web: int, tls: int) -> str:
    """Return the guide's two blocks with ports of ours and a certificate."""
    page = (ROOT / "docs/one-server.md").read_text()
    found = re.search(r"^( {7}upstream liandong.*?)^   It takes", page, re.DOTALL | re.MULTILINE)
    assert found
    words = found[1].replace("127.0.0.1:8000", f"127.0.0.1:{web}")
    assert "listen 443 ssl;" in words
    return words.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;")


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A web process of one worker and four threads behind the guide's proxy."""
    web, tls = free_port(), free_port()
    (tmp_path / "echo.py").write_text(APP)
    (tmp_path / "conf.py").write_text("from config.gunicorn import *\nworkers, threads = 1, 4\n")
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN={HOST}".split(),
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; worker_rlimit_nofile 4096;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ access_log off;\n"
        f"ssl_certificate {tmp_path}/cert.pem; ssl_certificate_key {tmp_path}/key.pem;\n"
        f"client_body_temp_path {tmp_path}/bodies; proxy_temp_path {tmp_path}/answers;\n{guides_words(web, tls)}}}\n"
    )
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(tmp_path / "conf.py"), "echo:app", "-b", f"127.0.0.1:{web}"]
    parts = [
        subprocess.Popen(
            gunicorn,
            env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}:{tmp_path}", "PATH": "/usr/bin:/bin"},
            stderr=subprocess.DEVNULL,
        ),
        subprocess.Popen([str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"]),
    ]
    for number in (web, tls):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", number)).close()
                break
            time.sleep(0.05)
    yield tls
    for part in reversed(parts):
        part.terminate()
        part.wait(40)


def connect(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    made = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30), server_hostname=HOST)
    made.settimeout(30)
    return made


def ask(port: int, body: bytes = b"hello") -> bytes:
    with connect(port) as asked:
        asked.sendall(f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        return asked.recv(65536)


def test_two_hundred_slow_senders_hold_nobody_up(port: int) -> None:
    head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\n".encode()
    slow = [connect(port) for _ in range(SLOW)]
    for number, each in enumerate(slow):
        each.sendall(head[:20] if number % 2 else head + b"x")  # half of them slow with the head, half with the body
    over = threading.Event()

    def trickle() -> None:
        while not over.wait(2):
            for each in slow:
                with contextlib.suppress(OSError):
                    each.sendall(b"x")

    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        for _ in range(20):
            said = ask(port)
            assert said.startswith(b"HTTP/1.1 200"), said
            assert said.endswith(f"{HOST} https 5".encode()), said
            time.sleep(0.5)
    finally:
        over.set()
        sender.join()
    late = slow[1]  # ten seconds for the head are over, however often a byte came
    late.settimeout(15)
    with contextlib.suppress(ConnectionError):
        assert late.recv(1) == b""
    for each in slow:
        each.close()


def test_what_is_too_large_is_refused_by_the_proxy(port: int) -> None:
    with connect(port) as asked:
        asked.sendall(f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {21 * 2**20}\r\n\r\n".encode())
        assert asked.recv(100).startswith(b"HTTP/1.1 413")
