"""A long list is written by the worker: the same cells as at once, for who asked alone, while the rights last."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import get_resolver
from django.utils import timezone

from accounts.models import FloorRole, User
from accounts.models import ListFile as SharedFile
from audit.models import AuditEntry
from list_files import actions as list_files
from services.clients import actions as clients
from services.journal.models import JournalEntry, ListFile
from services.people import actions as people
from tenants import tasks
from tenants.models import Membership, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import officer, signed_in
from tests.workroom import Workroom, visit

RECORDS = "/records/?kind=home_visit&export=xlsx"


@pytest.fixture(autouse=True)
def _everything_is_long(settings: Any, tmp_path: Any) -> None:
    settings.EXPORT_AT_ONCE = 0
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(north_room: Workroom) -> Browser:
    return signed_in(north_room.director, north_room.host)


def asked(browser: Browser, address: str = RECORDS) -> str:
    answer = browser.post("/list-files/ask/", {"address": address})
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer["Location"])


def written(room: Workroom) -> ListFile:
    with in_tenant(room.tenant):
        list_files.take_up()
        return ListFile.objects.latest("pk")


def cells(content: bytes) -> dict[str, bytes]:
    """Return what a book says: its rows and its looks, not the moment it was made."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}


def taken(browser: Browser, page: str) -> bytes:
    answer = browser.post(f"{page}download/")
    assert answer.status_code == 200, answer
    return b"".join(answer)  # type: ignore[arg-type]


def exports(room: Workroom, act: str = "records.list.exported") -> int:
    with in_tenant(room.tenant):
        return JournalEntry.objects.filter(act=act).count()


def test_a_person_asks_leaves_comes_back_and_downloads(browser: Browser, north_room: Workroom) -> None:
    offer = browser.get(RECORDS)
    assert offer["Content-Type"].startswith("text/html")
    assert 'value="/records/?kind=home_visit&amp;export=xlsx"' in offer.content.decode()
    assert exports(north_room) == 0

    page = asked(browser)
    assert exports(north_room) == 1
    waiting = browser.get(page).content.decode()
    assert "hx-get" in waiting
    assert "正在排队" in waiting
    with in_tenant(north_room.tenant):
        cache.set(f"list-file|{ListFile.objects.get().ref}", 1, 60)
    piece = browser.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert "1 / 1" in piece
    assert "正在准备" in browser.get("/list-files/").content.decode()

    assert written(north_room).state == ListFile.State.READY
    ready = browser.get(page).content.decode()
    assert "hx-get" not in ready
    assert "下载 Excel" in ready
    assert "可以下载" in browser.get("/list-files/").content.decode()
    answer = browser.post(f"{page}download/")
    assert answer["Cache-Control"] == "no-store"
    content = b"".join(answer)  # type: ignore[arg-type]
    assert int(answer["Content-Length"]) == len(content)
    assert "张桂兰" in cells(content)["xl/worksheets/sheet1.xml"].decode()
    assert exports(north_room) == 1
    with in_public():
        line = AuditEntry.objects.get(act="tenants.listfile.handed_over")
    assert (line.actor, line.details) == (north_room.director.ref, {"tenant": "north", "rows": 1})


@pytest.mark.parametrize("who", ["director", "wei", "lin"])
@pytest.mark.parametrize(
    "address",
    ["/records/?q=张&sort=minutes", "/clients/?", "/households/?", "/volunteers/?q=孙", "/stations/?", "/staff/?"],
)
def test_the_workers_file_is_the_one_made_at_once(north_room: Workroom, settings: Any, who: str, address: str) -> None:
    user = north_room.director if who == "director" else getattr(north_room, who).user
    browser = signed_in(user, north_room.host)
    with in_tenant(north_room.tenant):
        visit(north_room.wei, north_room.client, north_room.station, hours_ago=90)
    settings.EXPORT_AT_ONCE = 5000
    at_once = browser.get(f"{address}&export=xlsx")
    if at_once.status_code == 403:
        assert browser.post("/list-files/ask/", {"address": f"{address}&export=xlsx"}).status_code == 403
        return
    settings.EXPORT_AT_ONCE = 0
    page = asked(browser, f"{address}&export=xlsx")
    made = written(north_room)

    assert at_once.content[:2] == b"PK"
    assert cells(taken(browser, page)) == cells(at_once.content)
    assert made.title + ".xlsx" in unquote(at_once["Content-Disposition"])


def test_it_is_written_in_the_language_it_was_asked_in(browser: Browser, north_room: Workroom) -> None:
    page = asked(signed_in(north_room.director, north_room.host, headers={"Accept-Language": "en"}))
    written(north_room)
    assert b"Kind of service" in cells(taken(browser, page))["xl/worksheets/sheet1.xml"]


def test_a_small_list_is_answered_at_once_and_logged(browser: Browser, north_room: Workroom, settings: Any) -> None:
    settings.EXPORT_AT_ONCE = 1
    assert browser.get(RECORDS).content[:2] == b"PK"
    assert exports(north_room) == 1


def test_a_second_click_shows_the_one_that_runs_and_a_fourth_list_waits(browser: Browser, north_room: Workroom) -> None:
    first = asked(browser)
    assert asked(browser) == first
    assert exports(north_room) == 1
    assert asked(browser, "/records/?export=xlsx") != first
    asked(browser, "/clients/?export=xlsx")
    refused = browser.post("/list-files/ask/", {"address": "/staff/?export=xlsx"}, follow=True)
    assert "您已有 3 份清单正在准备" in refused.content.decode()
    with in_tenant(north_room.tenant):
        assert ListFile.objects.count() == 3
    written(north_room)
    assert asked(browser) != first


@pytest.mark.parametrize(
    "address",
    ["", "/", "x", "//evil.example/records/?export=xlsx", "http://[", "/records/", "/records/?export=csv", "/nowhere/",
     "/accounts/logout/?export=xlsx", "/contracts/?export=xlsx", "/records/?export=xlsx" + "x" * 9000,
     "/\x00?export=xlsx"],
)  # fmt: skip
def test_what_is_no_list_is_refused_and_leaves_nothing(browser: Browser, north_room: Workroom, address: str) -> None:
    assert browser.post("/list-files/ask/", {"address": address}).status_code in (400, 403)
    with in_tenant(north_room.tenant):
        assert not ListFile.objects.exists()
    assert browser.get("/list-files/").status_code == 200


def test_the_database_lets_one_of_two_clicks_at_one_moment_in(north_room: Workroom, public: None) -> None:
    said = {"user": "a", "address_hash": "b", "language": "zh-hans"}
    for rows in (SharedFile.objects, ListFile.objects):
        with in_tenant(north_room.tenant) if rows is ListFile.objects else in_public():
            rows.create(**said)
            with pytest.raises(IntegrityError, match="list_file_once"), transaction.atomic():
                rows.create(**said)
            rows.create(**said, state=ListFile.State.READY)


def test_no_page_of_the_host_breaks_when_it_is_named_as_a_list(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    pages = ["/" + "".join(pattern) for pattern in _pages(get_resolver("config.urls_tenant"))]
    answers = {page: browser.post("/list-files/ask/", {"address": f"{page}?export=xlsx"}) for page in pages}

    assert len(pages) > 60
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code not in (302, 403)} == {}
    with in_tenant(north_room.tenant):
        assert ListFile.objects.filter(state=ListFile.State.WAITING).count() == list_files.MOST_WAITING


def _pages(resolver: Any) -> Iterator[list[str]]:
    """Yield the paths of the pages that need no argument."""
    for pattern in resolver.url_patterns:
        said = str(pattern.pattern)
        if "<" in said or "(" in said:
            continue
        if hasattr(pattern, "url_patterns"):
            yield from ([said, *below] for below in _pages(pattern))
        else:
            yield [said]


def test_it_belongs_to_who_asked_in_this_agency(browser: Browser, north_room: Workroom, south_room: Workroom) -> None:
    page = asked(browser)
    written(north_room)
    for other in (signed_in(north_room.lin.user, north_room.host), signed_in(south_room.director, south_room.host)):
        assert other.get(page).status_code == 404
        assert other.post(f"{page}download/").status_code == 404
    assert signed_in(None, north_room.host).post(f"{page}download/").status_code == 302
    assert browser.get(f"{page}download/").status_code == 405
    assert (
        "服务记录"
        not in signed_in(north_room.lin.user, north_room.host).get("/list-files/").content.decode().split("<main")[1]
    )


def test_the_stored_file_is_sealed_for_itself(browser: Browser, north_room: Workroom) -> None:
    asked(browser, "/clients/?q=张桂兰&export=xlsx")
    made = written(north_room)
    with in_tenant(north_room.tenant):
        with default_storage.open(made.file) as file:
            stored = file.read()
        assert b"PK\x03\x04" not in stored[:64]
        assert "张桂兰".encode() not in bytes(made.address_sealed or b"")


def roles(room: Workroom, user: User, *held: str) -> None:
    with in_public():
        Membership.objects.filter(user=user, tenant=room.tenant).update(roles=list(held))


def test_a_right_withdrawn_meanwhile_writes_nothing_and_hands_nothing_over(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    browser = signed_in(user, north_room.host)
    page = asked(browser)
    roles(north_room, user, "fund_keeper")
    assert written(north_room).trouble == ListFile.Trouble.DENIED
    assert "您已不能查看这份清单" in browser.get(page).content.decode()

    roles(north_room, user, "worker")
    page = asked(browser)
    assert written(north_room).state == ListFile.State.READY
    roles(north_room, user, "fund_keeper")
    assert browser.post(f"{page}download/").status_code == 403
    roles(north_room, user, "worker")
    assert taken(browser, page)


def leave_the_station(room: Workroom) -> None:
    today = timezone.localdate()
    people.end_posting(posting=room.posting, ended_on=today - dt.timedelta(days=1), by=room.director)


def restrict(room: Workroom) -> None:
    clients.restrict(client=room.client, workers=[room.lin], by=room.director)


@pytest.mark.parametrize(
    ("address", "change"), [(RECORDS, leave_the_station), (RECORDS, restrict), ("/clients/?export=xlsx", restrict)]
)
def test_a_file_that_holds_what_one_may_no_longer_see_is_not_handed_over(
    north_room: Workroom, address: str, change: Callable[[Workroom], None]
) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)
    page = asked(browser, address)
    assert written(north_room).rows == 1
    with in_tenant(north_room.tenant):
        change(north_room)
    answer = browser.post(f"{page}download/", follow=True)
    assert "您现在不能查看的内容" in answer.content.decode()


def test_a_killed_worker_is_followed_by_the_sweep_and_the_third_death_is_the_last(
    browser: Browser, north_room: Workroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(browser)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(list_files.SealedWriter, "close", killed)
        with in_tenant(north_room.tenant), pytest.raises(KeyboardInterrupt):
            list_files.take_up()
    with in_public():
        assert tasks.take_up_list_files() == 1
        assert tasks.take_up_list_files() == 0
    assert taken(browser, page)

    with in_tenant(north_room.tenant):
        ListFile.objects.update(state=ListFile.State.WAITING, tries=3)
    assert written(north_room).trouble == ListFile.Trouble.KILLED
    assert "中途断开" in browser.get(page).content.decode()


def test_a_failure_tells_and_can_be_asked_for_anew(
    browser: Browser, north_room: Workroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(browser)

    def breaks(*args: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", breaks)
        assert written(north_room).state == ListFile.State.FAILED
    text = browser.get(page).content.decode()
    assert "系统出错" in text
    assert "下载 Excel" not in text
    assert "没有做好" in browser.post(f"{page}download/", follow=True).content.decode()
    assert asked(browser) != page


def test_after_three_days_the_file_is_gone_and_after_a_month_its_line(browser: Browser, north_room: Workroom) -> None:
    page = asked(browser)
    made = written(north_room)
    later = timezone.now() + dt.timedelta(days=3, minutes=1)
    with in_tenant(north_room.tenant):
        with pytest.raises(list_files.CannotHandOver):
            list_files.hand_over(list_file=made, by=north_room.director, now=later)
        assert list_files.remove_expired(timezone.now()) == 0
        assert list_files.remove_expired(later) == 1
        assert list_files.remove_expired(later) == 0
        assert not default_storage.exists(made.file)
    assert "已过保留期" in browser.get(page).content.decode()
    with in_tenant(north_room.tenant):
        assert (ListFile.objects.get().held, ListFile.objects.get().address_sealed) == ([], None)
        list_files.remove_expired(timezone.now() + dt.timedelta(days=31))
        assert not ListFile.objects.exists()


def test_a_file_that_was_lost_is_no_error(browser: Browser, north_room: Workroom) -> None:
    page = asked(browser)
    made = written(north_room)
    with in_tenant(north_room.tenant):
        default_storage.delete(made.file)
    assert "已不在了" in browser.post(f"{page}download/", follow=True).content.decode()


def test_the_sweeps_reach_agencies_that_leave(browser: Browser, north_room: Workroom) -> None:
    asked(browser)
    with in_public():
        Tenant.objects.filter(slug="north").update(state=Tenant.State.LEAVING)
        assert tasks.take_up_list_files() == 1


def test_the_shared_host_has_its_own(public: None) -> None:
    operator = officer("ops", "operator")
    browser = signed_in(operator)
    page = asked(browser, "/agencies/?export=xlsx")
    assert list_files.take_up() == 1
    made = SharedFile.objects.get()
    assert made.state == SharedFile.State.READY
    assert b"xl" in taken(browser, page)[:2000]
    FloorRole.objects.filter(user=operator).update(role="bureau_officer")
    assert browser.post(f"{page}download/").status_code == 403
