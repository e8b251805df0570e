"""A process that finds places mixed does not start; one that finds no database starts and waits."""

import os
import subprocess
import sys

import pytest

REFUSES = """
from django.core.exceptions import ImproperlyConfigured
import tenants.probe
def refuse(wrapper): raise ImproperlyConfigured("agencies' data would mix")
tenants.probe.check_once = refuse
"""
STARTS = {
    "web": "import config.wsgi",
    "worker": "from config.celery import app; app.worker_main(['worker', '--pool=solo', '--without-mingle'])",
    "beat": "from config.celery import app; app.start(['beat', '--schedule', os.environ['BEAT_SCHEDULE']])",
    "a command": "from django.core.management import call_command; call_command('upgrade')",
}


def start(body: str, database: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a process's start with the variables of this one; the broker is in memory."""
    env = {**os.environ, "PYTHONPATH": "platform:.", "DJANGO_SETTINGS_MODULE": "config.settings"}
    env["BEAT_SCHEDULE"] = f"{os.environ['DATA_DIR']}/beat-schedule"
    if database:
        env["DATABASE_URL"] = database
    code = f"import os, django; django.setup()\n{body}"
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("part", STARTS)
def test_no_part_starts_where_places_mix(django_db_setup: None, part: str) -> None:
    ended = start(REFUSES + STARTS[part])

    assert ended.returncode == (1 if part == "a command" else 78), ended.stderr
    assert "agencies' data would mix" in ended.stderr


def test_the_web_starts_before_its_database() -> None:
    ended = start("import config.wsgi", "postgresql://nobody@127.0.0.1:9/nothing")

    assert ended.returncode == 0, ended.stderr
