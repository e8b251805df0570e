"""The same in transactions that really commit: one snapshot while others write, and two at once make one."""

import datetime as dt
import io
import json
import threading
import zipfile
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from services.journal.models import JournalEntry
from services.leaving import actions as leaving_actions
from services.leaving.models import Export
from services.people.models import Certificate
from tenants.departure import actions as departure
from tenants.departure import deletion
from tenants.models import Certificate as Proof
from tenants.running import in_public, in_tenant
from tests.cast import officer
from tests.workroom import Workroom

pytestmark = pytest.mark.threads


def test_an_export_is_one_snapshot_and_two_workers_make_one(
    committed: dict[str, Workroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = committed["north"]
    with in_tenant(room.tenant):
        export = leaving_actions.ask(reason="年度备份", by=room.director)
    outcomes: list[bool] = []
    write, begun = leaving_actions.leaving_archive.write_table, threading.Event()

    def slowly(package: Any, table: Any, tenant: Any, tell: Any) -> int:
        if not begun.is_set():
            begun.set()
            elsewhere(lambda: Certificate.objects.create(staff=room.wei, kind="senior", issued_on=timezone.localdate()))
            elsewhere(lambda: outcomes.append(leaving_actions.prepare(export.ref)))
        return write(package, table, tenant, tell)

    def elsewhere(work: Any) -> None:
        def run() -> None:
            try:
                with in_tenant(room.tenant):
                    work()
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)

    monkeypatch.setattr(leaving_actions.leaving_archive, "write_table", slowly)
    with in_tenant(room.tenant):
        outcomes.append(leaving_actions.prepare(export.ref))
        assert outcomes == [False, True]
        assert Certificate.objects.count() == 1
        export = Export.objects.get()
        clear = b"".join(leaving_actions.hand_over(export=export, by=room.director, now=timezone.now()))
    rows = json.loads(zipfile.ZipFile(io.BytesIO(clear)).read("manifest.json"))["rows"]
    assert rows["agency.people_certificate"] == 0
    assert rows["agency.clients_client"] == 1


def test_a_deletion_really_commits_and_leaves_the_neighbour(committed: dict[str, Workroom]) -> None:
    room, today = committed["north"], timezone.localdate()
    with in_public():
        one, two = officer("op-one", "operator"), officer("op-two", "operator")
        said = {"tenant": room.tenant, "typed_name": room.tenant.name}
        past = today - dt.timedelta(days=30)
        departure.ask(**said, reason="合同期满", today=past, by=room.director)
        departure.propose_deletion(**said, today=today, by=one)
        on_its_way = departure.confirm_deletion(**said, today=today, by=two)
    deletion.carry_out(on_its_way)

    with in_public():
        assert Proof.objects.get().words["tables"]["records_servicerecord"] == 1
    with in_tenant(committed["south"].tenant):
        assert JournalEntry.objects.exists()
