"""The ground of every measurement: a server and a database of its own, and the way two sides are compared."""

import base64
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROUNDS = 5

Row = dict[str, Any]


@contextmanager
def database() -> Iterator[None]:
    """Start PostgreSQL in a folder that goes away afterwards, set Django up on it and bring it to this release."""
    from config.launch import postgres

    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "static").mkdir()
        server = postgres.start(home)
        try:
            _set_up(server.url(), home)
            yield
        finally:
            server.stop()
            shutil.rmtree(server.home, ignore_errors=True)


def _set_up(url: str, home: Path) -> None:
    os.environ |= {
        "DATABASE_URL": url,
        "DATA_DIR": str(home),
        "REDIS_URL": "",
        "SECRET_KEY": "for measuring only",
        "MASTER_KEY": base64.b64encode(b"thirty-two bytes for measuring..").decode(),
        "LIANDONG_DEMO": "1",
        "STATIC_COLLECTED": "0",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("upgrade", stdout=open(os.devnull, "w"))  # noqa: SIM115  # ends with the process


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(
    ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the best of `rounds` of both sides in seconds, run in turn so that a busy machine harms both alike."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    return min(mine for mine, _ in times), min(other for _, other in times)


def medians(ours: Callable[[], object], theirs: Callable[[], object], *, count: int) -> tuple[float, float]:
    """Return the median seconds of one act on both sides, over `count` acts each, done in turn."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(count)]
    return statistics.median(mine for mine, _ in times), statistics.median(other for _, other in times)


def at_most(metric: str, ours: float, theirs: float, goal: float) -> Row:
    """Return the row of a metric that may cost `goal` times theirs."""
    ratio = ours / theirs
    return row(metric, ours, theirs, ratio, goal, ratio <= goal)


def at_least(metric: str, ours: float, theirs: float, goal: float) -> Row:
    """Return the row of a metric where theirs must take `goal` times as long as ours."""
    ratio = theirs / ours
    return row(metric, ours, theirs, ratio, goal, ratio >= goal)


def row(metric: str, ours: float, theirs: float, ratio: float, goal: float, holds: bool) -> Row:
    return {
        "metric": metric,
        "ours": round(ours, 6),
        "theirs": round(theirs, 6),
        "ratio": round(ratio, 2),
        "goal": goal,
        "holds": holds,
    }
