"""AT-33: after a deletion nothing of an agency is left but what the law wants, and a certificate says what."""

import datetime as dt
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from disclosure.models import BookAnchor
from enrolment.models import SignUp
from evaluation.models import Fact
from letters.models import Letter
from services.clients import actions as clients
from services.clients.privacy.sealed import opened
from services.funds.books import closing
from services.leaving import actions as leaving_actions
from services.leaving.tasks import prepare_export
from services.ledger import posting
from services.ledger.archived import broken_links
from services.ledger.models import Entry
from services.people.models import StaffInvitation
from tenants import keys
from tenants.agencies import actions as agencies
from tenants.departure import actions as departure
from tenants.departure import certificates, deletion
from tenants.departure.retention import kept_models, rows_in
from tenants.middleware import HostMiddleware
from tenants.models import Certificate, Leaving, RetainedRecord, TenantKey
from tenants.running import TenantRefused, in_public, in_tenant
from tests.cast import officer, signed_in
from tests.services.funds.treasury import Treasury, treasury
from tests.services.ledger.books import at_commit
from tests.workroom import Workroom

NAME, DONOR, CHIEF, FILE = "鸜鹆氏仲", "鸜鹆氏伯", "鸜鹆氏叔", "鸜鹆卷宗"
REASON = "合同期满，鹳鹆不再续约"
MAIL = "quyu-canary@example.com"
TODAY = timezone.localdate()


def everywhere() -> dict[str, bytes]:
    """All that stands in the database by table, in the files by path, and in the cache by key."""
    found: dict[str, bytes] = {}
    with in_public(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(t::text, E\'\\n\') FROM "{schema}"."{table}" t')
            found[f"{schema}.{table}"] = (cursor.fetchone()[0] or "").encode()
    for file in Path(settings.MEDIA_ROOT).rglob("*"):
        if file.is_file():
            found[str(file)] = str(file).encode() + file.read_bytes()
    for key, value in caches["default"]._cache.items():  # type: ignore[attr-defined]  # a cache in memory
        found[f"cache {key}"] = key.encode() + bytes(value)
    return found


def holding(mark: str) -> list[str]:
    said = mark.encode()
    return sorted(name for name, content in everywhere().items() if said in content)


@pytest.fixture
def full(north_room: Workroom, south_room: Workroom, settings: Any, tmp_path: Path) -> Iterator[Treasury]:
    """North with canaries in its tables, files, cache, sessions and books; south beside it."""
    settings.MEDIA_ROOT = tmp_path  # other processes of this run have agencies of the same names
    HostMiddleware.known.clear()
    with in_public():
        User.objects.filter(pk=north_room.director.pk).update(name=CHIEF)
        SignUp.objects.create(
            state="ready", name="北方", credit_code="1", legal_form="service", region="370102", slug="north",
            contact=CHIEF, email=MAIL, phone="13900000000", username="n-director", tenant=north_room.tenant,
            director=north_room.director,
        )  # fmt: skip
        for to in (MAIL, "quyu-invited@example.com"):
            Letter.objects.create(
                key=f"welcome|{len(to)}", kind="welcome", to=to, language="zh-hans", subject=CHIEF, body=CHIEF
            )
    with in_tenant(north_room.tenant):
        wei = north_room.wei
        clients.open_file(
            file=clients.ClientFile(name=NAME, site=north_room.station, worker=wei, address="鸜鹆里七号"),
            opened_on=TODAY, today=TODAY, by=wei.user,
        )  # fmt: skip
        rh = treasury(north_room)
        rh.donate(donor=DONOR)
        rh.donate(amount=Decimal("20.00"))
        rh.donate(amount=Decimal("5.00"))
        at_commit()
        closing.anchor(rh.fund, TODAY)
        default_storage.save("scans/paper.txt", ContentFile(FILE.encode()))
        cache.set("board", NAME)
        StaffInvitation.objects.create(
            name=NAME, email="quyu-invited@example.com", roles=["worker"], digest="d", valid_until=TODAY, made_by="a"
        )
    browser = signed_in(north_room.director, north_room.host)
    browser.get("/clients/")
    HostMiddleware.known.clear()
    yield rh
    HostMiddleware.known.clear()


def delete(room: Workroom) -> Leaving:
    with in_public():
        one, two = officer("op-one", "operator"), officer("op-two", "operator")
        said = {"tenant": room.tenant, "typed_name": room.tenant.name}
        departure.ask(**said, reason=REASON, today=TODAY - dt.timedelta(days=30), by=room.director)
        departure.propose_deletion(**said, today=TODAY, by=one)
        return departure.confirm_deletion(**said, today=TODAY, by=two)


def carried_out(room: Workroom) -> Certificate:
    connection.check_constraints()
    deletion.carry_out(delete(room))
    with in_public():
        return Certificate.objects.get(tenant=room.tenant)


def test_nothing_that_names_anybody_is_left_anywhere(full: Treasury) -> None:
    room = full.room
    with in_tenant(room.tenant):
        leaving_actions.ask(reason="退出前备份", by=room.director)
        leaving_actions.resume()
    for mark in (NAME, DONOR, FILE, CHIEF, "n-director", "n-wei", MAIL, "quyu-invited"):
        assert holding(mark), mark
    carried_out(room)

    for mark in (NAME, DONOR, FILE, CHIEF, "n-director", "n-wei", "quyu", "13900000000", REASON, "鸜鹆", "scans/paper"):
        assert holding(mark) == [], mark
    assert not Path(settings.MEDIA_ROOT, room.tenant.schema_name).exists()
    assert [key for key in everywhere() if room.tenant.schema_name in key] == []


def test_key_schema_memberships_host_and_name_are_gone_and_the_neighbour_is_untouched(
    full: Treasury, south_room: Workroom
) -> None:
    room = full.room
    carried_out(room)

    with in_public():
        assert not TenantKey.objects.filter(tenant=room.tenant).exists()
        with pytest.raises(TenantKey.DoesNotExist):
            keys.key_of("north")
        assert not room.tenant.memberships.filter(is_active=True).exists()
        with pytest.raises(agencies.CannotOpen):
            agencies.open_agency(slug="north", name="想用旧名")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [room.tenant.schema_name])
            assert cursor.fetchone() == (0,)
        closed = User.objects.get(pk=room.director.pk)
        assert (closed.username, closed.is_active) == (f"closed-{closed.ref}", False)
    assert Client(HTTP_HOST=room.host).get("/").status_code == 404
    with in_tenant(south_room.tenant):
        south_room.client.refresh_from_db()
        assert opened(south_room.client, "remark") == "听力不好"
    assert signed_in(south_room.director, south_room.host).get("/clients/").status_code == 200


def test_shared_facts_stay_and_are_nobodys(full: Treasury) -> None:
    with in_public():
        before = list(Fact.objects.filter(tenant="north").order_by("pk").values_list("measure", "quantity", "source"))
    carried_out(full.room)

    with in_public():
        after = list(Fact.objects.filter(tenant="north").order_by("pk").values_list("measure", "quantity", "source"))
    assert before == after != []


def test_queued_tasks_refuse(full: Treasury) -> None:
    room = full.room
    carried_out(room)

    with pytest.raises(TenantRefused):
        prepare_export.apply(
            kwargs={"tenant": "north", "export": "x"}, headers={"liandong_tenant": "north"}, throw=True
        )


def test_the_books_are_kept_without_names_and_can_still_be_verified(full: Treasury) -> None:
    room = full.room
    with in_tenant(room.tenant):
        digests = list(full.fund.book.accounts.model.objects.values_list("ref", flat=True))
        last = full.fund.book.anchors.get()
    carried_out(room)

    with in_public():
        kept: dict[str, list[dict[str, Any]]] = {}
        for record in RetainedRecord.objects.filter(tenant=room.tenant):
            kept.setdefault(record.table, []).extend(rows_in(record))
            assert record.keep_until == dt.date(TODAY.year + 30, 12, 31)
        anchors = list(BookAnchor.objects.filter(tenant="north").values_list("entries", "digest"))
    assert set(kept) >= {"ledger_book", "ledger_account", "ledger_entry", "ledger_leg", "ledger_anchor", "funds_fund"}
    assert {row["ref"] for row in kept["ledger_account"]} == set(digests)
    assert anchors == [(last.entries, last.digest)]
    assert len(kept["ledger_entry"]) >= 3
    assert broken_links(kept["ledger_entry"], kept["ledger_leg"], anchors) == []

    kept["ledger_leg"][0]["amount"] = "9999.00"
    first = kept["ledger_entry"][0]["number"]
    assert broken_links(kept["ledger_entry"], kept["ledger_leg"], anchors) == [f"entry {first}"]
    assert broken_links(kept["ledger_entry"][:-1], kept["ledger_leg"], anchors)[-1] == f"anchor {last.entries}"


def test_words_that_name_somebody_are_left_out_of_the_archive(full: Treasury) -> None:
    room = full.room
    with in_tenant(room.tenant):
        entry = Entry.objects.order_by("number").first()
        assert entry
        posting.reverse(entry=entry, occurred_on=TODAY, memo=f"误记在{NAME}名下", by=room.director)
        at_commit()
    carried_out(room)

    with in_public():
        entries = [row for r in RetainedRecord.objects.filter(table="ledger_entry") for row in rows_in(r)]
        legs = [row for r in RetainedRecord.objects.filter(table="ledger_leg") for row in rows_in(r)]
    assert entries[-1]["memo"] == "＊"
    assert broken_links(entries, legs) == []
    assert NAME not in json.dumps(entries, ensure_ascii=False)


def test_what_the_law_wants_kept_names_no_personal_field() -> None:
    for model, retention in kept_models():
        assert not set(retention.fields) & model.privacy.personal, model  # type: ignore[attr-defined]


def test_the_certificate_counts_says_what_is_kept_and_proves_itself(full: Treasury) -> None:
    certificate = carried_out(full.room)
    said = certificate.words

    assert certificate.number == f"LD-{TODAY.year}-0001"
    assert len(certificate.ref) == 32
    assert said["tables"]["clients_client"] == 2
    assert said["files"] == 1
    assert said["bytes"] == len(FILE.encode())
    assert said["asked_by"] == full.room.director.ref
    assert said["proposed_by"] != said["confirmed_by"]
    assert said["backups_until"] == (TODAY + dt.timedelta(days=settings.BACKUP_DAYS)).isoformat()
    assert certificates.is_whole(certificate)
    page = Client(HTTP_HOST="localhost").get(f"/certificates/{certificate.ref}/")
    text = page.content.decode()
    assert certificate.digest in text
    assert "ledger_entry" in text
    assert "备份" in text
    assert page["X-Robots-Tag"] == "noindex"
    answer = Client(HTTP_HOST="localhost").get(f"/certificates/{certificate.ref}/pdf/")
    paper = "".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages)
    assert certificate.number in paper
    assert said["backups_until"] in paper
    assert Client(HTTP_HOST="localhost").get("/certificates/" + "a" * 32 + "/").status_code == 404

    certificate.words["files"] = 0
    assert not certificates.is_whole(certificate)


@pytest.mark.parametrize("killed_in", ["drop", "forget_files", "issue"])
def test_killed_half_way_it_is_taken_up_again(full: Treasury, monkeypatch: pytest.MonkeyPatch, killed_in: str) -> None:
    room = full.room
    connection.check_constraints()
    on_its_way = delete(room)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    place = {"drop": deletion.blueprint, "forget_files": deletion.storage, "issue": deletion.certificates}[killed_in]
    with monkeypatch.context() as broken:
        broken.setattr(place, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            deletion.carry_out(on_its_way)
    with in_public():
        assert not Certificate.objects.exists()
        if killed_in == "drop":
            assert TenantKey.objects.filter(tenant=room.tenant).exists()
        [again] = deletion.unfinished()
    deletion.carry_out(again)
    deletion.carry_out(again)

    assert holding(NAME) == []
    with in_public():
        assert Certificate.objects.count() == 1
        assert deletion.unfinished() == []
        assert Certificate.objects.get().words["tables"]["clients_client"] == 2
