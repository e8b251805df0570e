import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.launch import postgres
from config.launch.home import kept_secrets
from config.management.commands.shell import _standing
from config.sources import ROOT
from services.network.models import Site
from tenants.models import Tenant
from tenants.running import in_tenant
from tests import database
from tests.workroom import Workroom

ASK = """
from django.db import connection
print("works as", connection.settings_dict["USER"], "at", connection.settings_dict["HOST"])
"""


def shell(home: Path) -> "subprocess.CompletedProcess[str]":
    taken = ("DATABASE_URL", "OWNER_DATABASE_URL", "MAKELEVEL")
    env = {name: value for name, value in os.environ.items() if name not in taken}
    env |= {"DATA_DIR": str(home), "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "config.launch", "shell"]
    return subprocess.run(command, env=env, input=ASK, capture_output=True, text=True, check=False)


def test_without_data_it_says_what_to_do_and_makes_nothing(tmp_path: Path) -> None:
    answer = shell(tmp_path / "home")

    assert answer.returncode == 1
    assert "make demo" in answer.stderr
    assert not (tmp_path / "home").exists()


def test_it_stands_beside_a_demo_that_runs_or_starts_the_database_itself(tmp_path: Path) -> None:
    kept_secrets(tmp_path)
    with database.own_server(tmp_path) as server:
        beside = shell(tmp_path)
        assert f"works as liandong_app at {server.socket}" in beside.stdout, beside.stderr
        assert server.process.poll() is None
    assert postgres.running(tmp_path) is None

    alone = shell(tmp_path)
    assert "works as liandong_app at " in alone.stdout, alone.stderr
    assert postgres.running(tmp_path) is None


def test_agencies_are_entered_by_name(north_room: Workroom, north_row: Tenant, capsys: Any) -> None:
    with in_tenant(north_row):
        stations = Site.objects.count()
    call_command("shell", command="with in_agency('north') as agency: print(agency.slug, Site.objects.count())")
    assert f"north {stations}\n" in capsys.readouterr().out

    try:
        both = "stand_in('north'); print(Site.objects.count()); stand_in(); print(Tenant.objects.count())"
        call_command("shell", command=both)
        assert f"{stations}\n2\n" in capsys.readouterr().out
    finally:
        _standing.close()
