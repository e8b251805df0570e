"""Logs are sealed and verified for every place, and the day's digests are kept where no database is."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from common.logs import chain as log_chain
from disclosure import door as disclosure
from letters.models import Letter
from operating import tasks
from operating.checks import anchors, logs
from operating.models import LogCheck
from services.journal import log
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.platform.operating.test_desk import operator


class Thing:
    ref = "thing"


def change_a_line() -> None:
    """What somebody who owns the tables can do to a sealed line."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_journalentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE journal_journalentry SET actor = 'somebody' WHERE object_ref = 'thing'")
        cursor.execute("ALTER TABLE journal_journalentry ENABLE TRIGGER USER")


@pytest.fixture
def sealed(north_row: Tenant) -> int:
    """A line of north's log, sealed and verified; its number."""
    with in_tenant(north_row):
        line = log.write("things.thing.made", on=Thing(), by=None)
    with in_public():
        assert tasks.seal_logs() >= 1
        assert tasks.verify_logs() == 0
    return int(line.pk)


def test_a_changed_line_is_named_on_the_operators_desk(sealed: int, north_row: Tenant) -> None:
    with in_tenant(north_row):
        change_a_line()
    with in_public():
        browser = operator()
        sound = browser.get("/agencies/_/logs/").content.decode()
        browser.post("/agencies/_/logs/verify/")
        page = browser.get("/agencies/_/logs/").content.decode()

    assert "记录在封存后被改动" not in sound
    assert f"记录在封存后被改动 {sealed}" in page
    assert "有 1 份日志被改动过。" in page


def test_every_place_has_its_check(sealed: int) -> None:
    with in_public():
        assert set(LogCheck.objects.values_list("place", flat=True)) >= {"", "north", "south"}
        assert LogCheck.objects.get(place="north").blocks >= 1
        assert logs.seal_all() == 0


@pytest.fixture
def kept_outside(sealed: int, settings: Any, tmp_path: Path, north_row: Tenant) -> Path:
    """The day's file, after the night's tasks."""
    settings.ANCHORS_DIR, settings.ANCHORS_MAIL = str(tmp_path), "auditor@example.org"
    with in_tenant(north_row):
        disclosure.anchor_book(tenant="north", fund="f1", on=timezone.localdate(), entries=3, digest="a" * 64)
    with in_public():
        assert tasks.send_anchors() == 0
    (file,) = tmp_path.iterdir()
    return file


def test_the_days_file_goes_out_and_agrees(kept_outside: Path) -> None:
    call_command("check_anchors", str(kept_outside))

    with in_public():
        letter = Letter.objects.get(kind="anchors")
        assert tasks.send_anchors() == 0
    assert (letter.to, kept_outside.read_text() in letter.body) == ("auditor@example.org", True)
    said = json.loads(json.loads(kept_outside.read_text())["body"])
    assert next(log for log in said["logs"] if log["place"] == "north")["blocks"] >= 1
    assert said["books"] == [{"tenant": "north", "fund": "f1", "entries": 3, "digest": "a" * 64}]


def test_a_chain_that_was_made_anew_does_not_agree(kept_outside: Path, north_row: Tenant) -> None:
    """The owner rewrites a line, its seal and every block after it: inside the database nothing is wrong."""
    with in_tenant(north_row):
        change_a_line()
        with as_owner(), connection.cursor() as cursor:
            for table in ("journal_seal", "journal_block"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("UPDATE journal_seal SET block_id = NULL, digest = NULL")
            cursor.execute("DELETE FROM journal_block")
            cursor.execute("ALTER TABLE journal_seal ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE journal_block ENABLE TRIGGER USER")
        log_chain.seal_open("journal")
        assert log_chain.wrong_lines("journal", "journal_journalentry") == []

    with pytest.raises(CommandError, match="1 differ"):
        call_command("check_anchors", str(kept_outside))
    with in_public():
        assert tasks.send_anchors() == 1


def test_a_books_anchor_that_was_changed_does_not_agree(kept_outside: Path) -> None:
    with in_public(), as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE disclosure_bookanchor SET digest = repeat('b', 64)")

    assert anchors.differences(kept_outside.read_bytes()) == [f"book north f1 {timezone.localdate()}"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("aaaa", "bbbb", 1),
        lambda text: text.replace('"signature": "', '"signature": "A', 1),
        lambda text: "[]",
        lambda text: "not JSON",
        lambda text: "{}",
    ],
)
def test_a_file_that_was_not_signed_here_is_refused(kept_outside: Path, change: Any) -> None:
    kept_outside.write_text(change(kept_outside.read_text()))

    with pytest.raises(anchors.NotOurs):
        anchors.differences(kept_outside.read_bytes())
    assert list(anchors.check_folder()) == [kept_outside.name]
