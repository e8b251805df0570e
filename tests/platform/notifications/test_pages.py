"""The inbox on both hosts: one's own and nobody else's, read and put back, chosen how one is told."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications import door
from notifications.models import Notification, Switch
from services.journal.models import Notification as AgencyNotification
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.cast import host_of, member, officer, signed_in
from tests.platform.notifications.test_door import MARK


@pytest.fixture
def zhou(public: None) -> User:
    return officer("zhou", "district_officer", "370102")


@pytest.fixture
def browser(zhou: User) -> Client:
    return signed_in(zhou)


def test_an_empty_inbox_says_so(browser: Client) -> None:
    page = browser.get("/notifications/").content.decode()
    assert "没有通知" in page
    assert "通知，没有未读" in page


def test_the_bell_counts_on_every_page_with_one_query(
    browser: Client, zhou: User, django_assert_num_queries: Any
) -> None:
    for number in range(120):
        door.tell(to=[zhou], **{**MARK, "about": f"contracts.mark:{number}"})
    page = browser.get("/notifications/settings/").content.decode()
    assert "99+" in page

    from notifications.queries import unread

    with django_assert_num_queries(1):
        assert unread(zhou.ref) == 100


def test_a_notification_leads_to_its_page_and_is_read_then(browser: Client, zhou: User) -> None:
    door.tell(to=[zhou], **MARK)
    row = Notification.objects.get()

    answer = browser.get(f"/notifications/{row.ref}/")

    assert answer.headers["Location"] == "/contracts/c1/scorecard/A1/"
    row.refresh_from_db()
    assert row.read_at


def test_one_and_all_are_marked_read_and_put_back(browser: Client, zhou: User) -> None:
    for code in ("A1", "A2", "A3"):
        door.tell(to=[zhou], **{**MARK, "code": code})
    first, second, third = Notification.objects.order_by("pk")
    browser.post(f"/notifications/{first.ref}/read/")
    assert Notification.objects.filter(read_at=None).count() == 2

    page = browser.post("/notifications/read/", follow=True).content.decode()

    assert "2 条通知已标为已读。" in page
    assert f"/notifications/{third.ref}/unread/" in page
    browser.post(f"/notifications/{third.ref}/unread/")
    assert set(Notification.objects.filter(read_at=None)) == {second, third}


def test_filters_and_a_fixed_number_of_queries(browser: Client, zhou: User, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        door.tell(to=[zhou], **{**MARK, "about": f"contracts.mark:{number}"})

    with django_assert_max_num_queries(9):
        page = browser.get("/notifications/?state=unread&topic=mark").content.decode()
    assert "共 60 条" in page
    assert "有新的打分" not in browser.get("/notifications/?topic=appeal").content.decode().partition("<main")[2]


def test_anothers_and_another_hosts_notification_are_not_found(browser: Client, zhou: User, north_row: Tenant) -> None:
    other = officer("wu", "district_officer", "370102")
    door.tell(to=[other], **MARK)
    theirs = Notification.objects.get()
    lin = member(north_row, "lin", "agency_director")
    with in_tenant(north_row):
        door.tell(kind="agency.confirmed", to=[lin], about="tenants.tenant:north")
        agencys = AgencyNotification.objects.get()

    for ref in (theirs.ref, agencys.ref, "aaaaaaaaaaaa"):
        assert browser.get(f"/notifications/{ref}/").status_code == 404
        assert browser.post(f"/notifications/{ref}/read/").status_code == 404
        assert browser.post(f"/notifications/{ref}/unread/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None
    inside = signed_in(lin, host_of(north_row))
    assert inside.get(f"/notifications/{agencys.ref}/").status_code == 302
    assert inside.get(f"/notifications/{theirs.ref}/").status_code == 404


def test_switches_are_kept_for_the_host_one_is_on(browser: Client, zhou: User) -> None:
    page = browser.get("/notifications/settings/")
    assert "您还没有登记邮箱" in page.content.decode()
    form = page.context["form"]
    data = {field.html_name: field.initial for field in form if not isinstance(field.initial, bool)}
    assert not any("record" in name for name in data)

    answer = browser.post("/notifications/settings/", {**data, "mail-mark.given": "never", "channel-mark.given": "on"})

    assert answer.status_code == 302
    chosen = Switch.objects.get(user=zhou.ref, kind="mark.given")
    assert (chosen.mail, chosen.channel) == ("never", True)
    wrong = browser.post("/notifications/settings/", {**data, "mail-mark.given": "hourly"})
    assert wrong.status_code == 200
    assert "hourly" in wrong.content.decode()
    assert Switch.objects.get(user=zhou.ref, kind="mark.given").mail == "never"


def test_a_kind_of_another_release_breaks_no_page(browser: Client, zhou: User) -> None:
    Notification.objects.create(user=zhou.ref, kind="gone.kind", about="x.y:z", words={"a": "b"})
    page = browser.get("/notifications/")
    assert "一条旧通知" in page.content.decode()
    assert browser.get(f"/notifications/{Notification.objects.get().ref}/").headers["Location"] == "/notifications/"
    with in_public():
        assert Notification.objects.get().read_at
