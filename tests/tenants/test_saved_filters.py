"""A person's named filters: kept without words, shown above their list, removed and brought back; nobody else's."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SavedFilter as SharedFilter
from saved_filters import actions as saved_filters
from services.journal.models import SavedFilter
from tenants.models import Tenant
from tenants.running import in_tenant
from tests.cast import officer, signed_in
from tests.workroom import Workroom

KEEP = {"page": "records:list", "name": "等我签核", "query": "state=waiting&kind=home_visit"}


@pytest.fixture
def browser(north_room: Workroom) -> Client:
    return signed_in(north_room.director, north_room.host)


def kept(tenant: Tenant) -> list[str]:
    with in_tenant(tenant):
        return list(SavedFilter.objects.filter(removed_at=None).values_list("query", flat=True))


def test_a_filter_is_saved_shown_and_marked(browser: Client, north_room: Workroom) -> None:
    offered = browser.get("/records/?kind=home_visit&state=waiting&sort=-held_at").content.decode()
    assert 'value="kind=home_visit&amp;state=waiting"' in offered
    assert "保存筛选" not in browser.get("/records/?sort=-held_at").content.decode()

    answer = browser.post("/filters/save/", KEEP, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain[0][0] == "/records/?kind=home_visit&state=waiting"
    assert "筛选已保存" in text
    assert 'class="chip is-current"' in text
    assert "保存筛选" not in text
    assert 'class="chip"' in browser.get("/records/").content.decode()
    assert "等我签核" not in browser.get("/clients/").content.decode()


def test_its_forms_carry_the_token_that_a_post_needs(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    browser.post("/filters/save/", KEEP, follow=True)
    browser.handler.enforce_csrf_checks = True
    page = browser.get("/records/?kind=home_visit").content.decode()
    forms = [form for form in page.split("<form") if "/filters/" in form]

    assert len(forms) == 2
    for form in forms:
        token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        action = form.partition('action="')[2].partition('"')[0]
        assert browser.post(action, KEEP).status_code == 403
        assert browser.post(action, {**KEEP, "name": "另一个", "csrfmiddlewaretoken": token}).status_code == 302


def test_the_words_of_a_search_are_never_kept(browser: Client, north_room: Workroom) -> None:
    browser.post("/filters/save/", {**KEEP, "query": "q=13864100001&state=waiting&page=3&size=50&export=xlsx&site="})
    assert kept(north_room.tenant) == ["state=waiting"]

    assert "保存筛选" not in browser.get("/records/?q=张桂兰").content.decode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": " "}, "请给筛选起一个名称"),
        ({"name": "长" * 21}, "请给筛选起一个名称"),
        ({"query": ""}, "还没有筛选条件"),
        ({"query": "q=张桂兰"}, "还没有筛选条件"),
        ({"query": f"state={'a' * 600}"}, "筛选条件太长"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(
    browser: Client, north_room: Workroom, change: dict[str, str], why: str
) -> None:
    answer = browser.post("/filters/save/", KEEP | change, follow=True)

    assert why in answer.content.decode()
    assert kept(north_room.tenant) == []


@pytest.mark.parametrize("page", ["", "nowhere", "https://example.com/", "contracts:ranking", "records:record"])
def test_a_list_that_this_host_has_not_is_not_found(browser: Client, page: str) -> None:
    assert browser.post("/filters/save/", {**KEEP, "page": page}).status_code == 404


def test_the_same_name_says_it_anew_and_a_list_holds_a_dozen(browser: Client, north_room: Workroom) -> None:
    browser.post("/filters/save/", KEEP)
    browser.post("/filters/save/", {**KEEP, "query": "state=counted"})
    assert kept(north_room.tenant) == ["state=counted"]

    for number in range(saved_filters.MOST):
        answer = browser.post("/filters/save/", {**KEEP, "name": f"第{number}个"}, follow=True)
    assert "请先删除不用的" in answer.content.decode()
    assert len(kept(north_room.tenant)) == saved_filters.MOST


def test_a_removed_filter_comes_back_by_undo_unless_its_name_is_taken(browser: Client, north_room: Workroom) -> None:
    browser.post("/filters/save/", KEEP)
    with in_tenant(north_room.tenant):
        ref = SavedFilter.objects.get().ref

    gone = browser.post(f"/filters/{ref}/remove/", follow=True).content.decode()
    assert "筛选已删除" in gone
    assert f"/filters/{ref}/restore/" in gone
    assert kept(north_room.tenant) == []
    assert "筛选已恢复" in browser.post(f"/filters/{ref}/restore/", follow=True).content.decode()
    assert len(kept(north_room.tenant)) == 1

    browser.post(f"/filters/{ref}/remove/")
    browser.post("/filters/save/", KEEP)
    assert "已有同名的筛选" in browser.post(f"/filters/{ref}/restore/", follow=True).content.decode()


def test_removed_filters_go_for_good_after_thirty_days(browser: Client, north_room: Workroom) -> None:
    for name in ("旧的", "新的"):
        browser.post("/filters/save/", {**KEEP, "name": name})
    with in_tenant(north_room.tenant):
        SavedFilter.objects.filter(name="旧的").update(removed_at=timezone.now() - dt.timedelta(days=31))
        ref = SavedFilter.objects.get(name="新的").ref

    browser.post(f"/filters/{ref}/remove/")

    with in_tenant(north_room.tenant):
        assert [one.name for one in SavedFilter.objects.all()] == ["新的"]


def test_nobody_sees_or_removes_anothers(browser: Client, north_room: Workroom, south_room: Workroom) -> None:
    browser.post("/filters/save/", KEEP)
    with in_tenant(north_room.tenant):
        ref = SavedFilter.objects.get().ref
        wei = north_room.wei.user
    others = [signed_in(wei, north_room.host), signed_in(south_room.director, south_room.host)]

    for other in others:
        assert "等我签核" not in other.get("/records/").content.decode()
        assert other.post(f"/filters/{ref}/remove/").status_code == 404
        assert other.post(f"/filters/{ref}/restore/").status_code == 404
    assert Client(HTTP_HOST=north_room.host).post("/filters/save/", KEEP).status_code == 302
    assert len(kept(north_room.tenant)) == 1


@pytest.mark.usefixtures("public")
def test_the_shared_host_keeps_its_own() -> None:
    desk = signed_in(officer("zhou", "district_officer", "370102"))

    answer = desk.post(
        "/filters/save/", {"page": "contracts:list", "name": "执行中", "query": "state=active"}, follow=True
    )

    assert 'class="chip is-current"' in answer.content.decode()
    assert SharedFilter.objects.get().query == "state=active"
