"""A6: the chart's own PostgreSQL writes nobody's name into its log, whatever is refused."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.launch import postgres
from tests import database
from tests.house.test_chart import named, render, values

NAMES = [f"Qurbanjan Tursun{number:03d}zed\nHouse {number}" for number in range(200)]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[postgres.Server]:
    """A server with the chart's settings and with none of ours."""
    pod = named(render(values("small")), "StatefulSet", "liandong-database")["spec"]["template"]["spec"]
    given = dict(pair.split("=", 1) for pair in pod["containers"][0]["args"] if "=" in pair)
    ours = {name: postgres.SETTINGS[name] for name in ("listen_addresses", "unix_socket_permissions")}
    monkeypatch.setattr(postgres, "SETTINGS", ours | given)
    with database.own_server(tmp_path) as made:
        yield made


def test_an_everyday_refusal_leaves_no_name_in_the_servers_log(server: postgres.Server) -> None:
    with psycopg.connect(host=str(server.socket), user="liandong", dbname="liandong", autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text UNIQUE, born date, short varchar(5))")
        for name in NAMES:
            connection.execute("INSERT INTO person VALUES (%s)", [name])
            for statement in (
                f"INSERT INTO person VALUES ('{name}')",  # 409: known already
                f"INSERT INTO person (name, short) VALUES ('x', '{name}')",
                f"INSERT INTO nowhere VALUES ('{name}')",
                f"SELECT '{name}' FROM",
            ):
                with pytest.raises(psycopg.Error):
                    connection.execute(statement)
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT 1/0")

    log = (server.home / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "Tursun" not in log
    assert "House" not in log
