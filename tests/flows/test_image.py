"""The image that the chart runs: built from the Dockerfile, started as it is on a cluster, asked whether it is there.

As there: nobody's user 10001, a root file system that cannot be written, /data and /tmp of its own.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from config.launch import postgres, valkey
from tests import database
from tests.pooler import free_port

ROOT = Path(__file__).resolve().parents[2]
USER = 10001
AS_THE_PROXY = {"Host": "liandong.example.org", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(os.getuid() != 0 or not shutil.which("apt-get"), reason="only root on Debian can build it"),
]


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """The files of the image, just built, mounted so that nothing can be written there."""
    built = subprocess.run([ROOT / ".ci/image"], check=True, stdout=subprocess.PIPE, text=True, timeout=3600)
    with TemporaryDirectory(prefix="liandong-image-") as made, ExitStack() as mounts:
        root = Path(made)
        mounts.enter_context(mounted("--bind", built.stdout.strip(), root))
        subprocess.run(["mount", "-o", "remount,bind,ro", made], check=True)
        mounts.enter_context(mounted("-t", "proc", "proc", root / "proc"))
        for shared in ("tmp", "dev/shm"):  # as every container has them
            mounts.enter_context(mounted("-t", "tmpfs", "-o", "mode=1777", "tmpfs", root / shared))
        mounts.enter_context(mounted("-t", "tmpfs", "-o", f"uid={USER},gid={USER}", "tmpfs", root / "data"))
        yield root


@contextmanager
def mounted(*words: str | Path) -> Iterator[None]:
    subprocess.run(["mount", *words], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", words[-1]], check=True)


@pytest.fixture
def settings_of_it() -> Iterator[dict[str, str]]:
    """What the chart would tell a container, with a database and a broker for it on this machine."""
    with TemporaryDirectory(prefix="liandong-image-data-") as made:
        home = Path(made)
        home.chmod(0o711)
        with database.own_server(home) as server:
            broker = valkey.start(home)
            try:
                port = listen_on_a_port(server)
                yield {
                    "SECRET_KEY": "for this test only, and longer than fifty letters, as a deployment has it",
                    "MASTER_KEY": base64.b64encode(b"thirty-two bytes for tests only!").decode(),
                    "DATABASE_URL": f"postgresql://liandong_app@127.0.0.1:{port}/liandong",
                    "OWNER_DATABASE_URL": f"postgresql://liandong@127.0.0.1:{port}/liandong",
                    "REDIS_URL": broker.url,
                    "BASE_HOST": "liandong.example.org",
                    "TRUSTED_PROXIES": "1",
                }
            finally:
                broker.stop()


def listen_on_a_port(server: postgres.Server) -> int:
    """Start the server again where another root of the file system reaches it; return its port."""
    server.stop()
    port = free_port()
    words = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
    command = [*server.command, *(part for word in words for part in ("-c", word))]
    server.process = subprocess.Popen(command, user="nobody", group="nogroup", cwd="/")
    database.guarded(server.process.pid)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="liandong", dbname="liandong").close()
            break
        except psycopg.OperationalError:
            time.sleep(0.1)
    return port


def run(image: Path, told: dict[str, str], *words: str) -> "subprocess.Popen[bytes]":
    """Run a command in the image, with the environment of its last stage and what it is told."""
    stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    said = " ".join(line.rstrip(" \\") for line in stage.partition("ENV ")[2].partition("\nRUN")[0].splitlines())
    own = dict(word.split("=", 1) for word in said.split())
    own["PATH"] = own["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
    inside = [
        "/usr/sbin/chroot",
        f"--userspec={USER}:{USER}",
        str(image),
        "/bin/sh",
        "-c",
        'cd /srv && exec "$@"',
        "sh",
        *words,
    ]
    return subprocess.Popen(inside, env=own | told)


def ask(port: int, path: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=AS_THE_PROXY)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_it_migrates_and_serves_as_nobody_on_a_root_it_cannot_write(
    image: Path, settings_of_it: dict[str, str]
) -> None:
    assert run(image, settings_of_it, "touch", "/srv/x").wait(60) != 0  # really read-only
    assert run(image, settings_of_it, "python", "manage.py", "upgrade", "--verbosity", "0").wait(600) == 0

    port, stage = free_port(), (ROOT / "Dockerfile").read_text()
    command = json.loads(stage.rpartition("\nCMD ")[2])
    web = run(image, settings_of_it, *(word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in command))
    try:
        until = time.monotonic() + 120
        while ask(port, "/healthz")[0] != 200 and time.monotonic() < until:
            time.sleep(0.3)
        assert ask(port, "/healthz")[0] == 200
        assert ask(port, "/readyz") == (200, '{"status": "ok"}')
        assert Path(f"/proc/{web.pid}/status").read_text().partition("Uid:\t")[2].split()[0] == str(USER)
        status, page = ask(port, "/accounts/login/")
        assert status == 200
        styles = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert styles
        assert ask(port, styles[1])[0] == 200
    finally:
        web.terminate()
        web.wait(60)
