"""Django's shell on the demo's data (make shell): beside a demo that runs, or on a database started for it."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from config.launch import postgres
from config.launch.demo import ROOT, data_home, environment
from config.launch.home import HomeTaken, take
from config.launch.watchdog import Watchdog


def run() -> int:
    """Open the shell; return its code, or 1 with a sentence when there is no data or no database."""
    home = data_home()
    if not (home / "secrets.json").exists():
        print(f"There is no demo's data at {home}. Run `make demo` once, or name its home: DATA_DIR=", file=sys.stderr)
        return 1
    try:
        with ExitStack() as stack:
            env = environment(home) | _database(stack, home)
            # Without the demo's broker: what the shell sends to the background is found by its sweep (timetable.py).
            env |= {"REDIS_URL": os.environ.get("REDIS_URL", ""), "LIANDONG_DEBUG": "0"}
            if "DATABASE_URL" not in os.environ:  # one's own server's address may hold a password
                print(f'psql "{env["OWNER_DATABASE_URL"]}"', flush=True)
            # Ctrl-C is for the shell alone. A handler, not SIG_IGN: that would be the shell's own lot too.
            signal.signal(signal.SIGINT, lambda number, frame: None)
            return subprocess.run([sys.executable, str(ROOT / "manage.py"), "shell"], env=env, check=False).returncode
    except (HomeTaken, postgres.PostgresFailed) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _database(stack: ExitStack, home: Path) -> dict[str, str]:
    """Return the addresses of both roles: named ones, those of the demo that runs, or a server's for this shell."""
    if "DATABASE_URL" in os.environ:
        return {"DATABASE_URL": os.environ["DATABASE_URL"]}
    found = postgres.running(home)
    if found is None:
        stack.enter_context(take(home))
        watchdog = Watchdog()
        stack.callback(watchdog.close)
        server = postgres.start(home, started=lambda pid: watchdog.started(pid, signal.SIGINT))
        stack.callback(watchdog.ended, server.process.pid)
        stack.callback(server.stop)  # runs first
        return {"DATABASE_URL": server.url(role=postgres.APPLICATION), "OWNER_DATABASE_URL": server.url()}
    return {"DATABASE_URL": found.url(postgres.APPLICATION), "OWNER_DATABASE_URL": found.url(postgres.OWNER)}
