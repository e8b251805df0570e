"""An agency's first hour: a checklist that is true, stations by the dozen, a programme, and a sample that counts
nowhere."""

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import set_urlconf
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from directory import door as directory
from evaluation.models import Fact
from services.clients import actions as clients
from services.clients import samples
from services.clients.models import Client
from services.grants.applications import actions as application_actions
from services.network import bulk_opening, programmes
from services.network.models import Site
from services.people import actions as people
from services.people.models import Staff
from services.records import actions as records
from services.records.models import ServiceRecord
from services.start import checklist, sample_client, tasks
from tenants.agencies import actions as tenants
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.cast import member, signed_in
from tests.workroom import Workroom, service, visit

SHEET = "/start/stations/sheet/"
LIXIA = "370102"


@pytest.fixture
def boss(rows: dict[str, Tenant], public: None) -> User:
    """The director of north, which has nothing yet."""
    return member(rows["north"], "boss", "agency_director", name="赵主任")


@pytest.fixture
def browser(boss: User) -> Browser:
    return signed_in(boss, "north.localhost")


def read(browser: Browser, path: str, **query: Any) -> str:
    return browser.get(path, query).content.decode()


def table(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("站点.xlsx", file.getvalue())


def done(rows: dict[str, Tenant]) -> list[str]:
    with in_tenant(rows["north"]), override_urlconf():
        return [step.code for step in checklist.steps(timezone.localdate()) if step.is_done]


@contextmanager
def override_urlconf() -> Iterator[None]:
    """Stand on an agency's addresses, as a request to its host does."""
    set_urlconf("config.urls_tenant")
    yield
    set_urlconf(None)


def test_the_list_is_true_by_the_data(browser: Browser, boss: User, rows: dict[str, Tenant]) -> None:
    assert done(rows) == []
    assert "下一步：开设站点" in read(browser, "/")

    browser.post("/start/stations/?district=370102", {"streets": ["370102002", "370102003"]})
    assert done(rows) == ["stations"]
    browser.post("/members/invitations/new/", {"lines": "李社工，li@example.org，社工", "role": ""})
    browser.post("/start/programme/", {"key": "jinan"})
    assert "下一步：建立第一份档案" in read(browser, "/")
    answer = browser.post("/start/sample/")
    browser.post(f"/records/new/?kind=home_visit&client={answer['Location'].split('/')[2]}", visit_form(rows))
    assert done(rows) == ["stations", "colleagues", "programme", "client", "visit"]
    assert "start-strip" not in read(browser, "/")
    assert "准备好了" in read(browser, "/start/")
    assert "等待购买方" in read(browser, "/start/")

    browser.post("/start/sample/clear/")
    assert done(rows) == ["stations", "colleagues", "programme"]


def visit_form(rows: dict[str, Tenant]) -> dict[str, Any]:
    with in_tenant(rows["north"]):
        site = Site.objects.open().order_by("code")[0]
    held = timezone.localtime() - dt.timedelta(hours=2)
    return {"held_at": held.strftime("%Y-%m-%dT%H:%M"), "minutes": 40, "setting": "home", "site": site.ref,
            "others": 0, "note": "试一次"}  # fmt: skip


def test_the_strip_is_the_directors_and_can_be_put_away(browser: Browser, rows: dict[str, Tenant]) -> None:
    worker = signed_in(member(rows["north"], "somebody", "worker"), "north.localhost")
    assert "start-strip" not in read(worker, "/")
    assert worker.get("/start/").status_code == 403

    assert "show-again" in browser.post("/start/put-away/", follow=True).content.decode()
    assert "start-strip" not in read(browser, "/")
    browser.post("/start/put-away/")
    browser.post("/start/show-again/")
    assert "start-strip" in read(browser, "/")


def test_the_today_page_pays_little_for_the_strip(browser: Browser, django_assert_max_num_queries: Any) -> None:
    read(browser, "/")
    with django_assert_max_num_queries(18):
        read(browser, "/")


def test_streets_become_stations_once(browser: Browser, rows: dict[str, Tenant]) -> None:
    page = read(browser, "/start/stations/")
    assert "千佛山社工站" in page  # north stands in Lixia
    answer = browser.post("/start/stations/?district=370102", {"streets": ["370102002", "370102003"]}, follow=True)
    assert "已启用 2 个站点" in answer.content.decode()
    with in_tenant(rows["north"]):
        made = {site.code: site for site in Site.objects.all()}
        assert set(made) == {"370102002", "370102003"}
        assert {site.level for site in made.values()} == {"station"}
        assert {each.code for each in directory.stations(tenant="north")} == set(made)

    page = read(browser, "/start/stations/", district="lixia")
    assert "已有站点的街道" in page
    again = browser.post("/start/stations/?district=370102", {"streets": ["370102002"]})
    assert again.status_code == 400
    with in_tenant(rows["north"]):
        assert Site.objects.count() == 2


@pytest.mark.parametrize("words", ["没有这地方", "山东省", "历"])
def test_a_district_that_has_no_streets_is_said(browser: Browser, words: str) -> None:
    answer = browser.get("/start/stations/", {"district": words})

    assert answer.status_code == 400
    assert any(said in answer.content.decode() for said in ("没有找到", "请写到区县", "有多个区划"))


def test_a_city_without_districts_lists_its_towns(browser: Browser) -> None:
    assert "长安" in read(browser, "/start/stations/", district="441900")


def test_a_code_that_is_taken_gets_a_number(at_north: Workroom) -> None:
    Site.objects.filter(code="n01").update(code="370102003")

    codes = {each.street.code: each.planned.code for each in bulk_opening.propose(LIXIA)}

    assert codes["370102003"] == "370102003-2"


def test_a_table_is_previewed_and_then_opened_whole(browser: Browser, rows: dict[str, Tenant]) -> None:
    template = browser.get("/start/stations/template/").content
    heads = CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(0).to_python()[0]
    file = table(tuple(heads), ("Q1", "千佛山社工站", "站", "", "千佛山街道", "", "历山路 1 号"),
                 ("", "棋盘社工室", "室", "社工室", "千佛山街道", "Q1", ""), (),
                 ("T9", "东关社工站", "", "", "东关街道"))  # fmt: skip

    page = browser.post(SHEET, {"file": file}).content.decode()
    assert "启用这 3 个站点" in page
    with in_tenant(rows["north"]):
        assert not Site.objects.exists()

    rows_said = json.dumps([["Q1", "千佛山社工站", "站", "", "千佛山街道", "", "历山路 1 号"],
                            ["", "棋盘社工室", "室", "社工室", "千佛山街道", "Q1", ""]])  # fmt: skip
    answer = browser.post(SHEET, {"rows": rows_said}, follow=True)
    assert "已启用 2 个站点" in answer.content.decode()
    with in_tenant(rows["north"]):
        room = Site.objects.get(level="room")
        assert (room.parent and room.parent.code, room.region, room.label) == ("Q1", "370102002", "社工室")
        assert Site.objects.get(code="Q1").address == "历山路 1 号"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("A", "", "站", "", "千佛山街道"), "请写名称"),
        (("A", "甲站", "宫殿", "", "千佛山街道"), "层级可写"),
        (("A", "甲站", "站", "", "没有这地方"), "没有找到这个区划"),
        (("A", "甲站", "站", "", ""), "请写所在街道"),
        (("A", "甲室", "室", "", "千佛山街道"), "社工室（点）要设在"),
        (("A", "甲室", "室", "", "千佛山街道", "ZZ"), "没有找到上级站点 ZZ"),
        (("X" * 31, "甲站", "站", "", "千佛山街道"), "编号最多"),
        (("A", "甲站", "站", "太长的当地称呼太长的当地称呼", "千佛山街道"), "称呼最多"),
        (("OK", "甲站", "站", "", "千佛山街道"), "编号 OK 已被使用"),
        (("B", "好站", "站", "", "千佛山街道"), "同名站点"),
    ],
)
def test_one_wrong_cell_and_nothing_is_opened(
    browser: Browser, rows: dict[str, Tenant], row: tuple[str, ...], words: str
) -> None:
    good = ("OK", "好站", "站", "", "千佛山街道")

    page = browser.post(SHEET, {"file": table(good, row)}).content.decode()
    assert words in page
    assert "还没有启用任何站点" in page

    browser.post(SHEET, {"rows": json.dumps([list(good), list(row)])})
    with in_tenant(rows["north"]):
        assert not Site.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [{"rows": "no json"}, {"rows": "[1]"}, {"rows": json.dumps([["a"] * 9])}, {"rows": json.dumps([["a"]] * 201)},
     {"rows": "[" * 90_000},
     {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04broken")}, {"file": SimpleUploadedFile("x.csv", b"\x00\x00")},
     {"file": table(("编号",))}, {}],
)  # fmt: skip
def test_a_broken_table_gets_a_sentence(browser: Browser, sent: dict[str, Any]) -> None:
    answer = browser.post(SHEET, sent)

    assert answer.status_code == 400
    assert any(
        words in answer.content.decode()
        for words in ("重新上传", "已损坏", "看不懂", "没有站点", "这个字段是必填项", "请先改正")
    )


@pytest.mark.parametrize("odd", ["\x00", "甲\ud800站", "甲\u202e站"])
def test_letters_that_cannot_be_kept_are_left_out(browser: Browser, rows: dict[str, Tenant], odd: str) -> None:
    said = json.dumps([[f"A{odd}", f"甲站{odd}", "站", "", f"千佛山街道{odd}"]])

    assert browser.post(SHEET, {"rows": said}).status_code in (200, 302)
    with in_tenant(rows["north"]):
        assert not [name for name in Site.objects.values_list("name", flat=True) if not name.isprintable()]


def test_more_than_two_hundred_rows_are_too_many(browser: Browser) -> None:
    file = table(*(("", f"站{n}", "站", "", "千佛山街道") for n in range(202)))

    assert "超过" in browser.post(SHEET, {"file": file}).content.decode()


def test_all_or_none_is_opened(at_north: Workroom) -> None:
    plan = [bulk_opening.Planned("A1", "一", "station", "站", "370102002"),
            bulk_opening.Planned("A1", "二", "station", "站", "370102002")]  # fmt: skip

    with pytest.raises(bulk_opening.CannotOpenMany, match="二：编号 A1 已被使用"):
        bulk_opening.open_many(plan=plan, agency="甲", today=timezone.localdate(), by=None)
    with pytest.raises(bulk_opening.CannotOpenMany, match="1 至 200"):
        bulk_opening.open_many(plan=[], agency="甲", today=timezone.localdate(), by=None)
    assert not Site.objects.filter(code="A1").exists()
    assert not any(each.code == "A1" for each in directory.stations(tenant="north"))


def test_the_chosen_programme_asks_for_staff_before_any_contract(north_room: Workroom) -> None:
    at_north = north_room
    with in_tenant(at_north.tenant):
        today = timezone.localdate()
        assert programmes.chosen(today) is None
        with pytest.raises(programmes.CannotChoose):
            programmes.choose(key="jinan-funds", by=None)
        programmes.choose(key="jinan", by=at_north.director)
        working = programmes.chosen(today)
        assert working is not None

        checks = programmes.staffing(working, Site.objects.all(), today)
        by_code = {check.rule.code: check for check in checks[at_north.station.pk]}
        assert (by_code["S1"].value, by_code["S1"].is_met) == (2, True)  # Lin and Wei, not the intern
        assert (by_code["S2"].value, by_code["S2"].is_met) == (0, False)
        assert by_code["S1"].rule.at_least == 2
        assert [check.value for check in checks[at_north.other_station.pk]] == [0, None]
        assert at_north.room.pk not in checks

        people.note_certificate(staff=at_north.wei, kind="assistant", number="", issued_on=today, by=None)
        checks = programmes.staffing(working, [at_north.station], today)
        assert checks[at_north.station.pk][1].value == Decimal("0.5")

    browser = signed_in(at_north.director, at_north.host)
    page = read(browser, f"/stations/{at_north.station.ref}/")
    assert "人员配备要求" in page
    assert "现在 50%" in page
    assert "趵突泉社工站" in read(browser, "/staff/")
    assert "1 / 2 个站点还没有达到" in read(browser, "/staff/")


def test_staff_in_a_room_count_for_its_station(at_north: Workroom) -> None:
    today = timezone.localdate()
    person = people.take_on(name="室社工", employment="full_time", started_on=today, user=None, by=None)
    people.post(staff=person, site=at_north.room, as_post="social_worker", started_on=today, by=None)
    programmes.choose(key="jinan", by=None)
    working = programmes.chosen(today)
    assert working is not None

    assert programmes.staffing(working, [at_north.station], today)[at_north.station.pk][0].value == 3


def facts() -> int:
    return Fact.objects.filter(tenant="north").count()


def test_a_sample_is_marked_and_counts_nowhere(north_room: Workroom) -> None:
    room, today = north_room, timezone.localdate()
    assert room.wei.user
    with in_tenant(room.tenant):
        before = facts()
        tried = sample_client.try_out(today=today, by=room.director)
        assert sample_client.try_out(today=today, by=room.director) == tried
        held = visit(room.wei, tried, room.station, hours_ago=3)
        assert (tried.name, held.state) == ("王桂芳（示例）", "counted")
        assert tried.number.startswith("S")
        assert facts() == before
        records.correct_record(record=held, service=service(room.wei, tried, room.station, 5), reason="改时间",
                               now=timezone.now(), by=room.wei.user)  # fmt: skip
        clients.note_category(
            client=tried, code="minimum_living", from_on=today, to_on=None, proof="", today=today, by=None
        )
        assert facts() == before
    browser, wei = signed_in(room.director, room.host), signed_in(room.wei.user, room.host)

    assert "示例" in read(browser, "/clients/")
    assert "这是示例档案" in read(browser, f"/clients/{tried.ref}/")
    assert "王桂芳（示例）" in read(browser, f"/records/{held.ref}/")
    assert "王桂芳（示例）" in read(browser, "/records/")
    assert "示例，不计入" in read(browser, f"/records/{held.ref}/")
    assert "已计入" not in read(browser, f"/records/{held.ref}/")
    assert read(browser, "/records/").count("示例，不计入") == 1
    assert "grants/new" not in read(browser, f"/clients/{tried.ref}/")
    assert "王桂芳" in read(browser, "/records/new/", kind="home_visit")
    assert "王桂芳" not in read(wei, "/grants/new/", kind="person")
    stations = browser.get("/stations/?export=xlsx").content
    cells = CalamineWorkbook.from_filelike(io.BytesIO(stations)).get_sheet_by_index(0).to_python()
    files = cells[0].index("服务对象")
    assert [row[files] for row in cells[1:] if row[0] == "n01"] == [1]
    shown = month_figure(read(wei, "/"))
    browser.post("/start/sample/clear/")
    assert month_figure(read(wei, "/")) == shown
    with in_tenant(room.tenant):
        visit(room.wei, room.client, room.station, hours_ago=8)
    assert month_figure(read(wei, "/")) == shown + (timezone.now() - dt.timedelta(hours=8) >= month_start())


def month_figure(page: str) -> int:
    """Return how many services of this month the today page shows."""
    found = re.search(r"本月我的服务.*?(\d+)", page, re.DOTALL)
    assert found
    return int(found.group(1))


def month_start() -> dt.datetime:
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def test_a_samples_name_keeps_its_mark(at_north: Workroom) -> None:
    today = timezone.localdate()
    tried = sample_client.try_out(today=today, by=at_north.director)

    clients.change_file(
        client=tried, file=clients.ClientFile(name="真名" * 20, site=at_north.station), today=today, by=None
    )

    assert tried.name.endswith("（示例）")
    assert len(tried.name) <= 50


def test_what_a_sample_may_not_do(at_north: Workroom) -> None:
    tried = sample_client.try_out(today=timezone.localdate(), by=at_north.director)
    assert at_north.wei.user

    with pytest.raises(clients.CannotMerge, match="示例"):
        clients.merge_files(keep=at_north.client, duplicate=tried, by=None)
    mixed = service(at_north.wei, None, at_north.station, 9, kind="group_session", setting="office",
                    clients=(at_north.client, tried))  # fmt: skip
    with pytest.raises(records.CannotRecord, match="示例"):
        records.record_service(service=mixed, now=timezone.now(), by=at_north.wei.user)
    assert "示例档案不能申请资助" in str(grant_problems(at_north, tried))


def grant_problems(room: Workroom, client: Client) -> dict[str, list[str]]:
    fields = dict.fromkeys(application_actions.Wanted.__dataclass_fields__, "")
    return application_actions._problems(
        application_actions.Wanted(**{**fields, "kind": "person", "client": client, "quantity": 0})
    )  # type: ignore[arg-type]


def test_one_click_removes_it_with_its_records_and_undo_brings_it_back(north_room: Workroom) -> None:
    room = north_room
    with in_tenant(room.tenant):
        tried = sample_client.try_out(today=timezone.localdate(), by=room.director)
        held = visit(room.wei, tried, room.station, hours_ago=3)
        before = facts()
    browser = signed_in(room.director, room.host)

    page = browser.post("/start/sample/clear/", follow=True).content.decode()
    assert f"/start/sample/{tried.ref}/restore/" in page
    assert browser.get(f"/clients/{tried.ref}/").status_code == 404
    assert browser.get(f"/records/{held.ref}/").status_code == 404
    assert "王桂芳" not in read(browser, "/clients/") + read(browser, "/records/")
    with in_tenant(room.tenant):  # the worker's time is free again
        real = visit(room.wei, room.client, room.station, hours_ago=3)
        assert facts() > before

    browser.post(f"/start/sample/{tried.ref}/restore/")
    assert browser.get(f"/clients/{tried.ref}/").status_code == 200
    with in_tenant(room.tenant):
        held.refresh_from_db()
        real.refresh_from_db()
    assert (held.state, real.state) == ("withdrawn", "counted")  # its time was used meanwhile


def test_undone_at_once_everything_is_as_before(at_north: Workroom) -> None:
    tried = sample_client.try_out(today=timezone.localdate(), by=at_north.director)
    held = visit(at_north.wei, tried, at_north.station, hours_ago=3)

    sample_client.clear(client=tried, by=at_north.director)
    assert sample_client.bring_back(client=tried, now=timezone.now(), by=at_north.director)

    held.refresh_from_db()
    assert held.state == "counted"
    assert not Fact.objects.filter(source__contains=held.ref).exists()
    sample_client.clear(client=tried, by=at_north.director)
    sample_client.try_out(today=timezone.localdate(), by=at_north.director)
    assert not sample_client.bring_back(client=tried, now=timezone.now(), by=at_north.director)
    assert ServiceRecord.objects.get(pk=held.pk).state == "withdrawn"


def test_a_day_after_its_removal_nothing_of_it_is_left(north_room: Workroom) -> None:
    room, now = north_room, timezone.now()
    with in_tenant(room.tenant):
        tried = sample_client.try_out(today=timezone.localdate(), by=room.director)
        held = visit(room.wei, tried, room.station, hours_ago=3)
        assert sample_client.forget_removed(now + dt.timedelta(days=9)) == 0
        sample_client.clear(client=tried, by=room.director)
    assert tasks.clear_removed() == 0

    with in_tenant(room.tenant):
        Client.objects.filter(pk=tried.pk).update(removed_at=now - dt.timedelta(days=1, minutes=1))
    assert tasks.clear_removed() == 1
    with in_tenant(room.tenant):
        assert not Client.objects.filter(pk=tried.pk).exists()
        assert not ServiceRecord.objects.filter(pk=held.pk).exists()
        assert Client.objects.count() == 1
        assert ServiceRecord.objects.count() == 1


def test_before_the_first_station_there_is_no_sample(browser: Browser, rows: dict[str, Tenant]) -> None:
    assert "请先开设一个站点" in browser.post("/start/sample/", follow=True).content.decode()

    with in_tenant(rows["north"]):
        assert not Client.objects.exists()
        assert not Staff.objects.exists()


def test_a_real_client_cannot_be_removed_as_a_sample(north_room: Workroom) -> None:
    room = north_room
    with in_tenant(room.tenant):
        samples.remove_sample(client=room.client, by=None)
    browser = signed_in(room.director, room.host)
    browser.post(f"/start/sample/{room.client.ref}/restore/")

    assert browser.get(f"/clients/{room.client.ref}/").status_code == 200


def test_a_new_agency_begins_with_an_empty_list(public: None) -> None:
    tenant = tenants.open_agency(slug="fresh", name="新机构", region=LIXIA)
    user = member(tenant, "fresh-boss", "agency_director")

    page = read(signed_in(user, "fresh.localhost"), "/start/")

    assert "已完成 0 / 6 步" in page
    with in_public():
        assert Tenant.objects.get(slug="fresh").region == LIXIA
