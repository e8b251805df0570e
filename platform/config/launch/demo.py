"""The demo's course: database and broker, this release, its data, then web, worker and beat until Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.demo.cast import PASSWORD, accounts
from config.launch import children, postgres, valkey
from config.launch.children import Child, Fell, Patience
from config.launch.home import HomeTaken, kept_secrets, take
from config.launch.parent import Parent
from config.launch.watchdog import Watchdog

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 60.0
# Where the demo's bills ask to be paid: an account nobody has.
PAYEE = {"PAYEE_NAME": "联动平台（演示）", "PAYEE_BANK": "演示银行济南分行", "PAYEE_ACCOUNT": "0000 0000 0000 0000"}
SUPPORT = "0531-0000 0000（演示）"


@dataclass
class Helper:
    """A server of the demo's own: started again at its address when it dies."""

    name: str
    server: postgres.Server | valkey.Server
    ending: signal.Signals
    watchdog: Watchdog
    patience: Patience = field(default_factory=Patience)

    def started(self, pid: int) -> None:
        self.watchdog.started(pid, self.ending)

    def start_again_if_dead(self) -> None:
        """:raises Fell: when it has died three times within a minute."""
        process = self.server.process
        if process.poll() is None:
            return
        words = f"{self.name} ended with code {process.returncode}; see its log in the data home."
        if self.patience.is_over():
            raise Fell(words)
        print(f"{words}\nStarting {self.name} again.", file=sys.stderr, flush=True)
        self.watchdog.ended(process.pid)
        self.server.start_again(self.started)

    def stop(self) -> None:
        self.server.stop()
        self.watchdog.ended(self.server.process.pid)


Commands = dict[str, list[str]]


@dataclass(frozen=True)
class Way:
    """How the product is run on this machine: as it ships, or for who writes it (dev.py).

    `settings` go over what the data home decides; `commands` gives each process's argument list for a data home and a
    port, the web process first; `each_turn` is called twice a second with the data home while they run.
    """

    settings: Mapping[str, str]
    commands: Callable[[Path, int], Commands]
    each_turn: Callable[[Path], None] = lambda home: None
    words: str = ""


class Stopped(BaseException):
    """Somebody asked the demo to end."""


class CannotStart(RuntimeError):
    """The demo cannot start here; the message says what to do."""


def run(way: Way | None = None) -> int:
    """Run the demo until it is told to end. Return 0 then, and 1 with a sentence when something is in the way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as stack:
            _run(stack, way or Way({"LIANDONG_DEBUG": "0"}, commands))
    except Stopped:
        print("Stopped.", flush=True)
        return 0
    except (CannotStart, HomeTaken, Fell, postgres.PostgresFailed, valkey.ValkeyFailed) as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        return 1
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    raise Stopped


def _run(stack: ExitStack, way: Way) -> None:
    home, port, parent = data_home(), _port(), Parent()
    stack.enter_context(take(home))
    _refuse_used(port)
    watchdog = Watchdog()
    stack.callback(watchdog.close)
    servers: list[Helper] = []
    env = {
        **environment(home),
        "WEB_PORT": str(port),
        **way.settings,
        **_database(stack, home, watchdog, servers),
        "REDIS_URL": os.environ.get("REDIS_URL") or _broker(stack, home, watchdog, servers),
    }
    _prepare(env, watchdog, parent)
    family = _family(home, way.commands(home, port), env, watchdog)
    stack.callback(children.stop, family)
    with _step(f"Starting {', '.join(child.name for child in family)}"):
        for child in family:
            child.start()
        _wait_until_ready(port, family)
    _announce(home, port, way.words)
    _keep_running(family, servers, parent, lambda: way.each_turn(home))


def environment(home: Path) -> dict[str, str]:
    """Return what the product's processes find in their environment in any way of running it from this data home."""
    return {
        **os.environ,
        **kept_secrets(home),
        "DATA_DIR": str(home),
        "LIANDONG_DEMO": "1",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
        **PAYEE,
        "SUPPORT": SUPPORT,
    }


def data_home() -> Path:
    return Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CannotStart(f"PORT={text} is not a port number between 1 and 65535.")
    return int(text)


def _refuse_used(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"Port {port} needs special rights. Choose one above 1023: PORT=8000 make demo") from None
        except OSError:
            raise CannotStart(
                f"Port {port} is in use by another program. Choose another one: PORT={port % 65535 + 1} make demo"
            ) from None


def _database(stack: ExitStack, home: Path, watchdog: Watchdog, servers: list[Helper]) -> dict[str, str]:
    """Return the addresses of both roles; a server of one's own is taken as it is named."""
    if "DATABASE_URL" in os.environ:
        return {"DATABASE_URL": os.environ["DATABASE_URL"]}
    with _step("Starting PostgreSQL"):
        server = postgres.start(home, started=lambda pid: watchdog.started(pid, signal.SIGINT))
    servers.append(Helper("PostgreSQL", server, signal.SIGINT, watchdog))
    stack.callback(servers[-1].stop)
    return {"DATABASE_URL": server.url(role=postgres.APPLICATION), "OWNER_DATABASE_URL": server.url()}


def _broker(stack: ExitStack, home: Path, watchdog: Watchdog, servers: list[Helper]) -> str:
    with _step("Starting Valkey"):
        server = valkey.start(home, started=watchdog.started)
    servers.append(Helper("Valkey", server, signal.SIGTERM, watchdog))
    stack.callback(servers[-1].stop)
    return server.url


def _prepare(env: dict[str, str], watchdog: Watchdog, parent: Parent) -> None:
    """Bring database, static files and demo data to this release, in a process of its own that shows its progress."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "prepare_demo"],
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    watchdog.started(process.pid)
    try:
        while process.poll() is None:
            _stop_with(parent)
            time.sleep(0.1)
    except Stopped:
        process.terminate()
        process.wait()
        raise
    finally:
        watchdog.ended(process.pid)
    if process.returncode:
        raise CannotStart("The data could not be prepared; the reason stands above.")


def commands(home: Path, port: int) -> Commands:
    """Return how each process of the product is started, as a deployment does it."""
    celery = [sys.executable, "-m", "celery", "-A", "config.celery", "--workdir", str(ROOT)]
    web = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi:application",
           "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "5", "--chdir", str(ROOT),
           "--worker-tmp-dir", str(home)]  # fmt: skip
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    beat = [*celery, "beat", "--pidfile", "", "--loglevel", "INFO"]
    return {"web": web, "worker": worker, "beat": beat}


def _family(home: Path, commands: Commands, env: dict[str, str], watchdog: Watchdog) -> list[Child]:
    owners = {name: value for name, value in env.items() if name == "OWNER_DATABASE_URL"}
    plain = {name: value for name, value in env.items() if name not in owners}
    return [
        Child(name, command, home / "logs" / f"{name}.log", env if name == "worker" else plain, watchdog)
        for name, command in commands.items()
    ]


def _wait_until_ready(port: int, family: list[Child]) -> None:
    """Wait until the web process answers and its database and broker do.

    :raises Fell: if a process ends meanwhile.
    :raises CannotStart: after a minute.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in family:
            if child.has_ended:
                raise Fell(child.reason())
        if _answers(port, "/healthz") and _answers(port, "/readyz"):
            return
        time.sleep(0.1)
    raise CannotStart(f"The web process did not become ready within {READY_SECONDS:.0f} s; see {family[0].log}")


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(home: Path, port: int, words: str) -> None:
    """Write demo.json and say where to go and as whom."""
    rows = [account.as_row(port) for account in accounts()]
    base = f"http://localhost:{port}"
    (home / "demo.json").write_text(
        json.dumps({"base_url": base, "accounts": rows}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    print(f"\nLiandong 联动 is ready: {base}\n")
    print(f"  {'role':<22} {'username':<28} {'address':<36} password: {PASSWORD}")
    for row in rows:
        print(f"  {row['role']:<22} {row['username']:<28} {row['url']}")
    if words:
        print(f"\n{words}")
    print(f"\nLogs: {home / 'logs'}\nCtrl-C stops everything; the data stays in {home}.", flush=True)


def _stop_with(parent: Parent) -> None:
    if parent.wants_us_to_stop():
        raise Stopped


def _keep_running(family: list[Child], servers: list[Helper], parent: Parent, each_turn: Callable[[], None]) -> None:
    """Start again whatever has died, the servers first; stop the demo when one keeps falling.

    :raises Fell: with the reason.
    """
    while True:
        time.sleep(0.5)
        _stop_with(parent)
        each_turn()
        for server in servers:
            server.start_again_if_dead()
        for child in family:
            if child.has_ended:
                print(f"{child.reason()}\nStarting {child.name} again.", file=sys.stderr, flush=True)
                child.start_again()


@contextmanager
def _step(words: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"{words} …", end="", flush=True)
    yield
    print(f" {time.monotonic() - started:.1f} s", flush=True)
