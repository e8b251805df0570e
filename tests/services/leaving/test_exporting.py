"""A full export holds everything the agency has, opens what is sealed, gives away no key, and is hers alone."""

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfReader

from common.sealing import CannotOpen
from services.journal.models import JournalEntry, KeptAnswer, Seal
from services.leaving import actions as leaving_actions
from services.leaving import tables
from services.leaving.archive import cell
from services.leaving.models import Export
from services.leaving.tasks import resume_exports
from services.records import actions as records
from tenants.departure.tenant_rows import WAYS
from tenants.models import Tenant
from tenants.running import current, in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.services.grants.cast import Foundation, paid
from tests.workroom import Workroom, service


def made(room: Workroom) -> zipfile.ZipFile:
    """Prepare an export while standing in the agency, and open it."""
    export = leaving_actions.ask(reason="年度备份", by=room.director)
    assert leaving_actions.prepare(export.ref)
    export.refresh_from_db()
    clear = b"".join(leaving_actions.hand_over(export=export, by=room.director, now=timezone.now()))
    assert hashlib.sha256(clear).hexdigest() == export.digest
    assert len(clear) == export.size
    return zipfile.ZipFile(io.BytesIO(clear))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{name}.jsonl").splitlines()]


def sheet(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))


def test_every_table_of_the_agency_is_in_it_as_csv_and_as_lines_with_all_its_rows(at_north: Workroom) -> None:
    archive = made(at_north)
    names = set(archive.namelist())
    manifest = json.loads(archive.read("manifest.json"))

    for app in settings.TENANT_APPS:
        for model in apps.get_app_config(app.rpartition(".")[2]).get_models(include_auto_created=True):
            stem = f"agency/{model._meta.db_table}"
            assert {f"{stem}.csv", f"{stem}.jsonl"} <= names
            if model not in (Export, JournalEntry, Seal):  # the export goes on writing these
                assert len(lines(archive, stem)) == len(sheet(archive, stem)) == model._default_manager.count()
            assert manifest["rows"][f"agency.{model._meta.db_table}"] == len(lines(archive, stem))
    assert manifest["unreadable"] == []
    for entry in manifest["files"]:
        assert hashlib.sha256(archive.read(entry["name"])).hexdigest() == entry["sha256"]
    assert {entry["name"] for entry in manifest["files"]} == names - {"manifest.json"}


def test_what_was_sealed_is_open_and_corrections_too(at_north: Workroom) -> None:
    wei = at_north.wei
    assert wei.user
    again = service(wei, at_north.client, at_north.station, hours_ago=30, note="改过的记录")
    records.correct_record(
        record=at_north.record, service=again, reason="补充情况", now=timezone.now(), by=wei.user
    )  # fmt: skip
    archive = made(at_north)

    [client] = lines(archive, "agency/clients_client")
    assert (client["name"], client["id_number"], client["phone"]) == ("张桂兰", "370102194903071222", "+8613864100001")
    assert (client["address"], client["remark"]) == ("棋盘街1号2单元301", "听力不好")
    assert [row["note"] for row in lines(archive, "agency/records_servicerecord")] == ["改过的记录"]
    [earlier] = lines(archive, "agency/records_recordversion")
    assert json.loads(earlier["said"])["note"] == "老人精神不错，血压平稳。"


def test_its_shared_rows_are_in_it_and_nobody_elses(north_room: Workroom, south_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        archive = made(north_room)

    facts = lines(archive, "shared/evaluation_fact")
    assert facts
    assert {row["tenant"] for row in facts} == {"north"}
    assert [row["slug"] for row in lines(archive, "shared/tenants_tenant")] == ["north"]
    people = lines(archive, "shared/accounts_user")
    assert "赵主任" in {row["name"] for row in people}
    assert not any(row["username"].startswith("s-") for row in people)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"s-director" not in everything


def test_no_password_token_key_or_kept_answer_leaves(at_north: Workroom) -> None:
    KeptAnswer.objects.create(user="a", path="/", key="k", fingerprint="f", body=b"what was answered")
    archive = made(at_north)

    assert not any("password" in row for row in lines(archive, "shared/accounts_user"))
    assert not any("body" in row for row in lines(archive, "agency/journal_keptanswer"))
    assert not {name for name in archive.namelist() if "tenantkey" in name or "apitoken" in name}
    for name in ("enrolment_signup", "enrolment_invitation", "people_staffinvitation"):
        folder = "agency" if name.startswith("people") else "shared"
        head = archive.read(f"{folder}/{name}.csv").decode("utf-8-sig").splitlines()[0].split(",")
        assert not {"password", "digest", "code_digest", "token"} & set(head)
    told = archive.read("dictionary.csv").decode("utf-8-sig")
    for held in ("tenants_tenantkey", "accounts_apitoken", "journal_keptanswer,body"):
        assert held in told


def test_each_shared_table_that_could_hold_rows_of_an_agency_is_given_or_held_back_on_purpose() -> None:
    """A new shared table that names an agency is exported by itself; one that hangs on such a table must be decided."""
    given = {table.model for table in tables.shared()}
    decided = {*tables.HELD_BACK, *WAYS} | {
        # Rows about the platform, the place or a person, which only lead to an agency's row.
        "supervision.OpenWindow",
    }
    strange = []
    for model in apps.get_models():
        app = model._meta.app_config
        if app is None or app.name not in settings.SHARED_APPS or model in given or model._meta.label in decided:
            continue
        leads = {field.related_model for field in model._meta.concrete_fields if field.related_model}
        if leads & (given - {apps.get_model("accounts.User")}):
            strange.append(model._meta.label)
    assert strange == []


def test_no_column_that_sounds_like_a_key_is_given_unless_it_was_looked_at() -> None:
    looked_at = {
        # Digests over content, and keys of a row's own: they open nothing.
        "digest", "key", "name_key", "body_digest", "programme_digest", "file_digest", "subject_key",
    }  # fmt: skip
    sounds = re.compile(r"pass|token|secret|digest|key|credential|otp|nonce|wrapped")
    given = {
        f"{table.label}.{column.name}"
        for table in tables.tables()
        for column in table.given
        if sounds.search(column.name) and column.name not in looked_at
    }
    assert given == set()
    told = {table.label for table in tables.tables() for column in table.given if column.name == "digest"}
    assert told == {
        "contracts.Contract", "contracts.KeptScore", "contracts.ScoreSheet", "disclosure.BookAnchor", "funds.Fund",
        "journal.Block",
        "journal.Seal", "leaving.Export", "ledger.Anchor", "ledger.Entry", "tenants.Certificate",
        "tenants.RetainedRecord",
    }  # fmt: skip


def test_the_dictionary_says_of_each_column_what_it_is(at_north: Workroom) -> None:
    archive = made(at_north)
    told = {(row["table"], row["column"]): row for row in sheet(archive, "dictionary")}

    name = told["agency/clients_client", "name"]
    assert (name["label_zh"], name["personal"], name["type"]) == ("姓名", "yes", "CharField")
    assert name["label_en"] == "Name"
    assert "A person served" in name["what"]
    assert told["agency/clients_client", "opened_on"]["personal"] == "no"
    page = archive.read("dictionary.html").decode()
    assert "clients_client" in page
    for table in tables.tables():
        for column in table.given:
            assert (f"{table.folder}/{table.name}", column.name) in told


def test_each_funds_books_are_on_paper(base: Foundation) -> None:
    paid(base)
    archive = made(base.room)
    paper = PdfReader(io.BytesIO(archive.read("ledger/F1-001.pdf")))
    text = "".join(page.extract_text() for page in paper.pages)

    assert "历下区慈善总会" in text
    assert "¥100,000.00" in text
    assert "¥3,000.00" in text
    assert "付款" in text
    assert lines(archive, "agency/grants_payment")[0]["payee"] == "张桂兰 工行尾号1234"


def test_files_come_along_and_earlier_exports_do_not(at_north: Workroom) -> None:
    default_storage.save("scans/a.txt", ContentFile("扫描件".encode()))
    made(at_north)
    archive = made(at_north)

    assert archive.read("files/scans/a.txt").decode() == "扫描件"
    assert not any(name.startswith("files/exports") for name in archive.namelist())


def test_text_that_a_spreadsheet_would_run_is_text(at_north: Workroom) -> None:
    assert [cell(value) for value in ("=1+1", "@a", "-2+3", "＝cmd", "\tx")] == [
        "'=1+1",
        "'@a",
        "'-2+3",
        "'＝cmd",
        "'\tx",
    ]
    assert [cell(value) for value in ("-12.50", 3, None, "张三", {"a": 1})] == ["-12.50", 3, "", "张三", '{"a": 1}']


def test_the_stored_file_is_sealed_and_opens_for_its_own_export_only(at_north: Workroom) -> None:
    made(at_north)
    export = Export.objects.get()
    with default_storage.open(export.file) as file:
        stored = file.read()
    assert b"PK\x03\x04" not in stored[:64]
    assert "张桂兰".encode() not in stored

    with default_storage.open(export.file, "wb") as file:
        file.write(stored[:-40])
    with pytest.raises(CannotOpen):
        b"".join(leaving_actions.hand_over(export=export, by=at_north.director, now=timezone.now()))


def test_one_at_a_time_twice_makes_one_and_a_killed_one_is_taken_up(
    at_north: Workroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = leaving_actions.ask(reason="年度备份", by=at_north.director)
    with pytest.raises(leaving_actions.ExportRunning):
        leaving_actions.ask(reason="再来一份", by=at_north.director)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(leaving_actions.leaving_archive, "write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            leaving_actions.prepare(export.ref)
    assert Export.objects.get().state == Export.State.WAITING
    assert leaving_actions.resume() == 1
    assert leaving_actions.resume() == 0
    assert not leaving_actions.prepare(export.ref)
    assert Export.objects.get().state == Export.State.READY


def test_a_broken_one_says_so_and_can_be_asked_for_anew(at_north: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    export = leaving_actions.ask(reason="年度备份", by=at_north.director)

    def breaks(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(leaving_actions.leaving_archive, "write_manifest", breaks)
    assert not leaving_actions.prepare(export.ref)
    assert Export.objects.get().state == Export.State.FAILED
    assert leaving_actions.ask(reason="再来一份", by=at_north.director).state == Export.State.WAITING


def test_after_seven_days_the_file_is_gone(at_north: Workroom) -> None:
    made(at_north)
    export = Export.objects.get()
    assert leaving_actions.remove_expired(timezone.now()) == 0
    later = timezone.now() + dt.timedelta(days=7, minutes=1)

    with pytest.raises(leaving_actions.CannotHandOver):
        leaving_actions.hand_over(export=export, by=at_north.director, now=later)
    assert leaving_actions.remove_expired(later) == 1
    assert leaving_actions.remove_expired(later) == 0
    assert not default_storage.exists(export.file)
    assert Export.objects.get().state == Export.State.REMOVED


def test_the_sweep_reaches_agencies_that_leave(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        leaving_actions.ask(reason="年度备份", by=north_room.director)
    with in_public():
        Tenant.objects.filter(slug="north").update(state=Tenant.State.LEAVING)
        assert resume_exports() == 1


def test_a_director_asks_waits_and_downloads_with_the_password(north_room: Workroom, settings: Any) -> None:
    settings.CELERY = {**settings.CELERY}
    browser = signed_in(north_room.director, north_room.host)
    refused = browser.post("/leaving/exports/new/", {"reason": "年度备份", "password": "wrong"})
    assert "密码不对" in refused.content.decode()

    asked = browser.post("/leaving/exports/new/", {"reason": "年度备份", "password": PASSWORD})
    page = asked["Location"]
    assert "hx-get" in browser.get(page).content.decode()
    assert browser.post(f"{page}file/").status_code == 302
    with in_tenant(north_room.tenant):
        assert leaving_actions.resume() == 1
    ready = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "下载压缩包" in ready
    assert "<html" not in ready

    answer = browser.post(f"{page}file/")
    assert answer["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer))).testzip() is None  # type: ignore[arg-type]
    assert current() is None
    with in_tenant(north_room.tenant):
        assert Export.objects.get().handed_over == 1
        acts = list(JournalEntry.objects.filter(act__startswith="leaving.export").values_list("act", flat=True))
    assert acts == ["leaving.export.handed_over", "leaving.export.made", "leaving.export.asked"]


def test_nobody_but_a_director_of_this_agency_gets_it(north_room: Workroom, south_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        made(north_room)
        ref = Export.objects.get().ref
    assert signed_in(north_room.wei.user, north_room.host).post(f"/leaving/exports/{ref}/file/").status_code == 403
    assert signed_in(south_room.director, south_room.host).post(f"/leaving/exports/{ref}/file/").status_code == 404
    assert signed_in(None, north_room.host).post(f"/leaving/exports/{ref}/file/").status_code == 302
    assert signed_in(north_room.director, north_room.host).get(f"/leaving/exports/{ref}/file/").status_code == 405
