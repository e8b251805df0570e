"""One screen for all of a person's requests: what is due first, who may see whose, and each step by hand."""

import io
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from services.clients import actions as clients
from services.clients.privacy import consents
from services.people import actions as people
from services.rights.models import PersonRequest
from tenants.running import in_tenant
from tests.cast import member, signed_in
from tests.services.rights.cast import HERS, ID, checked, days_ago, request_of, someone
from tests.workroom import Workroom

TAKEN = {"kind": "copy", "asker": "self", "received_on": timezone.localdate().isoformat()}


def test_from_the_request_to_the_copy(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    found = browser.get("/rights/new/", {"q": "张桂"}).content.decode()
    way = f"/rights/new/client/{north_room.client.ref}/"
    assert way in found
    asked = browser.post(way, TAKEN)
    page = asked["Location"]
    assert "核验身份" in browser.get(page).content.decode()
    assert browser.post(f"{page}copy/").status_code == 302
    assert "不一致" in browser.post(
        f"{page}check/", {"document": "id_card", "id_number": "11010519491231002X"}
    ).content.decode()  # fmt: skip
    assert browser.post(f"{page}check/", {"document": "id_card", "id_number": ID}).status_code == 302
    answer = browser.post(f"{page}copy/")
    assert answer["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["copy.pdf", "copy.json"]
    assert browser.post(f"{page}copy/").status_code == 302
    assert "已办结" in browser.get(page).content.decode()


@pytest.mark.parametrize(
    ("kind", "step", "said"),
    [("correct", "correct", {"words": "电话已改"}), ("delete", "delete", {"typed": "删除"}),
     ("withdraw", "withdraw", {"purpose": "service"}), ("copy", "drop", {}),
     ("copy", "decline", {"reason": "不是本人"})],
)  # fmt: skip
def test_each_other_way_of_answering(north_room: Workroom, kind: str, step: str, said: dict[str, str]) -> None:
    with in_tenant(north_room.tenant):
        made = checked(north_room, north_room.client, kind, words="请办理")
    browser = signed_in(north_room.director, north_room.host)
    page = f"/rights/{made.ref}/"
    if step != "drop":
        assert browser.get(f"{page}{step}/").status_code == 200
        assert browser.post(f"{page}{step}/", {}).status_code == 200
    assert browser.post(f"{page}{step}/", said).status_code == 302
    assert browser.get(page).status_code == 200
    with in_tenant(north_room.tenant):
        made.refresh_from_db()
        assert not made.is_open


def test_what_is_due_stands_on_top_and_overdue_is_said(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        request_of(north_room, north_room.volunteer)
        request_of(north_room, north_room.client, received_on=days_ago(60))
    browser = signed_in(north_room.director, north_room.host)
    page = browser.get("/rights/").content.decode()
    assert page.index("张桂兰") < page.index("孙志远")
    assert "已逾期" in page
    late = browser.get("/rights/?state=late").content.decode()
    assert "张桂兰" in late
    assert "孙志远" not in late
    today = browser.get("/").content.decode()
    assert "已逾期 1 件" in today
    assert "/rights/?state=waiting" in today
    assert browser.get("/rights/?export=xlsx").status_code == 200


def test_the_list_asks_as_little_for_many_as_for_one(north_room: Workroom, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(north_room.director, north_room.host)
    with in_tenant(north_room.tenant):
        for _n in range(12):
            request_of(north_room, north_room.client)
            request_of(north_room, north_room.volunteer)
    with django_assert_max_num_queries(16):
        browser.get("/rights/?size=50")


def test_a_restricted_file_is_its_named_workers_alone(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        clients.restrict(client=north_room.client, workers=[north_room.lin], by=north_room.director)
        made = request_of(north_room, north_room.client)
    director, head = signed_in(north_room.director, north_room.host), signed_in(north_room.lin.user, north_room.host)
    assert director.get(f"/rights/{made.ref}/").status_code == 404
    assert "张桂兰" not in director.get("/rights/").content.decode()
    assert north_room.client.ref not in director.get("/rights/new/", {"q": "张桂"}).content.decode()
    assert head.get(f"/rights/{made.ref}/").status_code == 200


def test_a_head_answers_for_their_own_sites_and_never_for_staff(north_room: Workroom, south_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        far = someone(north_room, "远处人", HERS, site=north_room.other_station, worker=None)
        theirs, others = request_of(north_room, north_room.client), request_of(north_room, far)
        colleague = request_of(north_room, north_room.wei)
    head = signed_in(north_room.lin.user, north_room.host)
    assert head.get(f"/rights/{theirs.ref}/").status_code == 200
    assert head.get(f"/rights/{others.ref}/").status_code == 404
    assert head.get(f"/rights/{colleague.ref}/").status_code == 404
    assert signed_in(south_room.director, south_room.host).get(f"/rights/{theirs.ref}/").status_code == 404
    assert signed_in(north_room.wei.user, north_room.host).get("/rights/").status_code == 403


def test_giving_and_withdrawing_take_the_same_two_steps(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    page = f"/rights/consents/client/{north_room.client.ref}/"
    said = {"purpose": "service", "giver": "self", "on": timezone.localdate().isoformat()}
    assert "还没有登记" in browser.get(page).content.decode()
    for act in ("withdraw", "give"):
        assert browser.get(f"{page}{act}/").status_code == 200
        assert browser.post(f"{page}{act}/", said).status_code == 302
    assert browser.post(f"{page}give/", {**said, "giver": "guardian"}).status_code == 200
    assert browser.get(f"/rights/consents/staff/{north_room.wei.ref}/").status_code == 404


def test_who_withdrew_is_in_no_list_no_export_and_no_choice_but_is_found_for_a_request(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        for person in (north_room.client, north_room.volunteer):
            consents.withdraw(person=person, purpose="service", on=timezone.localdate(), giver="self", name="", by=None)
    browser = signed_in(north_room.director, north_room.host)
    for page in ("/clients/", "/volunteers/", "/records/new/?kind=home_visit", "/grants/new/?kind=person"):
        text = browser.get(page).content.decode()
        assert "张桂兰" not in text, page
        assert "孙志远" not in text, page
    file = browser.get(f"/clients/{north_room.client.ref}/").content.decode()
    assert "已撤回同意" in file
    refused = browser.post(f"/clients/{north_room.client.ref}/reveal/phone/", {"reason": "回访电话"}).content.decode()
    assert "撤回同意" in refused
    assert "13864100001" not in refused
    assert north_room.client.ref in browser.get("/rights/new/", {"q": "张桂"}).content.decode()


def test_a_merged_person_who_withdrew_stays_withdrawn(at_north: Workroom) -> None:
    twin = someone(at_north, "张桂蘭", HERS)
    consents.withdraw(person=twin, purpose="service", on=timezone.localdate(), giver="self", name="", by=None)
    clients.merge_files(keep=at_north.client, duplicate=twin, by=at_north.director)
    at_north.client.refresh_from_db()
    assert at_north.client.stopped_on == timezone.localdate()


def test_a_request_about_staff_is_the_directors(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        user = member(north_room.tenant, "n-new", "worker")
        person = people.take_on(name="新社工", employment="full_time", started_on=days_ago(3), user=user, by=None)
    browser = signed_in(north_room.director, north_room.host)
    answer = browser.post(f"/rights/new/staff/{person.ref}/", {**TAKEN, "kind": "delete"})
    assert "劳动法规" in answer.content.decode()
    assert browser.post(f"/rights/new/staff/{person.ref}/", TAKEN).status_code == 302
    with in_tenant(north_room.tenant):
        assert PersonRequest.objects.get().staff == person
