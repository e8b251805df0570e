"""AT-13: another worker's restricted file leaves no trace anywhere: not in a list, a count, an order or an answer."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from services.clients import actions
from services.clients.models import Client
from services.records.models import ServiceRecord
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.identities import id_number
from tests.services.test_api import visit_body
from tests.workroom import Workroom, visit

ID_NUMBER = id_number(852)
LAST_FOUR = ID_NUMBER[-4:]
NAME = "隐秘的人"
# Tokens of this very page, and the minute of printing.
ONCE = re.compile(
    r'(name="(?:csrfmiddlewaretoken|once|submission)" value|"X-CSRFToken"[^"]*)[=:]\s*"[^"]*"'
    r"|<span>\d{4}-\d\d-\d\d \d\d:\d\d [^<]*</span>"
)

PAGES = [
    "/", "/clients/", "/clients/?q=ymdr", f"/clients/?q={LAST_FOUR}", "/clients/?q=隐秘", "/clients/?sort=name",
    "/clients/?sort=-number", "/clients/?sort=opened_on&size=10", "/clients/?page=2", "/clients/?category=living_alone",
    "/clients/?export=xlsx", "/clients/new/", "/households/", "/households/?sort=people", "/households/?sort=-people",
    "/households/?export=xlsx", "/households/{household}/", "/clients/{client}/", "/records/", "/records/?q=隐秘",
    "/records/?sort=-clients", "/records/?export=xlsx", "/records/new/?kind=home_visit",
    "/records/new/?kind=home_visit&q=ymdr", f"/records/new/?kind=group_session&q={LAST_FOUR}", "/stations/",
    "/stations/?sort=clients", "/stations/?export=xlsx", "/stations/{station}/", "/staff/", "/staff/{wei}/",
    "/volunteers/", "/api/v1/clients/", "/api/v1/clients/?q=ymdr", f"/api/v1/clients/?q={LAST_FOUR}", "/api/v1/visits/",
    "/api/v1/stations/", "/api/v1/staff/",
]  # fmt: skip


def keep_secret(room: Workroom) -> tuple[Client, ServiceRecord]:
    """Wei opens a restricted file in a household others know, and visits."""
    assert room.wei.user
    file = actions.ClientFile(
        name=NAME, site=room.station, household=room.household, worker=room.wei, id_number=ID_NUMBER,
        phone="13864107777", categories=("living_alone",), is_restricted=True,
    )  # fmt: skip
    today = timezone.localdate()
    client = actions.open_file(file=file, opened_on=today, today=today, by=room.wei.user)
    return client, visit(room.wei, client, room.station, hours_ago=5)


def seen(browser: Browser, path: str) -> tuple[int, str | list[str], str]:
    """Return an answer's status, text without its tokens (a file's cells for an export), and its ETag."""
    answer = browser.get(path)
    if "spreadsheet" in answer["Content-Type"]:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return answer.status_code, book.read("xl/worksheets/sheet1.xml").decode(), ""
    return answer.status_code, ONCE.sub("", answer.content.decode()), answer.get("ETag", "")


def others(room: Workroom) -> list[User]:
    assert room.lin.user
    assert room.an.user
    return [room.director, room.lin.user, room.an.user]


def test_with_and_without_the_file_everything_reads_the_same(north_room: Workroom) -> None:
    room = north_room
    refs = {"household": room.household.ref, "client": room.client.ref, "station": room.station.ref}
    pages = [page.format(**refs, wei=room.wei.ref) for page in PAGES]
    browsers = {user.username: signed_in(user, room.host) for user in others(room)}
    before = {(name, page): seen(browser, page) for name, browser in browsers.items() for page in pages}

    with in_tenant(room.tenant):
        client, record = keep_secret(room)

    changed = [key for key, told in before.items() if seen(browsers[key[0]], key[1]) != told]
    assert changed == []
    for name, browser in browsers.items():
        assert {browser.get(page).status_code for page in (f"/clients/{client.ref}/", f"/records/{record.ref}/")} == {
            404
        }
        assert len(browser.get("/clients/").content) == len(browsers[name].get("/clients/").content)
    own = signed_in(room.wei.user, room.host)
    assert NAME in own.get("/clients/?q=ymdr").content.decode()
    assert NAME in own.get("/households/" + room.household.ref + "/").content.decode()


def test_its_ref_is_answered_like_one_that_never_was(north_room: Workroom) -> None:
    room = north_room
    with in_tenant(room.tenant):
        client, record = keep_secret(room)
    for user in others(room):
        browser = signed_in(user, room.host)

        def answers(ref: str, record_ref: str, browser: Browser = browser) -> list[tuple[int, str]]:
            got: list[Any] = []
            for page in ("", "change/", "reveal/phone/", "category/", "restrict/", "close/", "reopen/"):
                path = f"/clients/{ref}/{page}"
                got += [browser.get(path), browser.post(path, {"reason": "核实联系方式", "field": "phone"})]
            for page in ("", "correct/", "withdraw/", "undo/", "restore/", "countersign/", "return/"):
                path = f"/records/{record_ref}/{page}"
                got += [browser.get(path), browser.post(path, {"reason": "核实联系方式"})]
            got.append(browser.get(f"/records/new/?kind=home_visit&client={ref}"))
            got.append(browser.get(f"/api/v1/clients/{ref}/"))
            json = {"content_type": "application/json"}
            got.append(browser.patch(f"/api/v1/clients/{ref}/", {"name": "改名"}, **json))
            got.append(browser.post(f"/api/v1/clients/{ref}/reveal/", {"field": "phone", "reason": "核实"}, **json))
            got.append(browser.post("/api/v1/visits/", visit_body(room, client=ref), **json))
            return [(answer.status_code, ONCE.sub("", answer.content.decode()).replace(ref, "REF")) for answer in got]

        assert answers(client.ref, record.ref) == answers("a" * 16, "a" * 16)


@pytest.mark.parametrize("restricted", [True, False])
def test_households_count_whom_one_may_know(north_room: Workroom, restricted: bool) -> None:
    with in_tenant(north_room.tenant):
        client, _record = keep_secret(north_room)
        Client.objects.filter(pk=client.pk).update(is_restricted=restricted)
    page = signed_in(north_room.director, north_room.host).get("/households/").content.decode()

    assert re.search(rf">\s*{1 if restricted else 2}\s*<", page)
