"""Past the product: what a running demo's processes were told, and its database as the server's own superuser."""

from pathlib import Path
from typing import Any

import psycopg

from tests.flows.machines import Demo


def environment(pid: int | None) -> dict[str, str]:
    """Return the environment a process was started with."""
    assert pid
    said = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return {name: value for name, _, value in (line.partition("=") for line in said if line)}


def as_superuser(demo: Demo) -> "psycopg.Connection[Any]":
    """Connect to the demo's database as nobody of the product can."""
    address = environment(demo.pid("web"))["DATABASE_URL"]
    host = address.partition("@")[2].partition("/")[0].replace("%2F", "/")
    return psycopg.connect(host=host, user="postgres", dbname="liandong", autocommit=True)
