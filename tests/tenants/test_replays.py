"""A form sent twice, or twice at once, acts once."""

import uuid

from services.clients.models import Client
from services.network.models import Site
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom


def test_a_replayed_form_leads_to_the_first_result(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)
    said = {"once": str(uuid.uuid4()), "name": "李建国", "site": north_room.station.ref}

    first = browser.post("/clients/new/", said)
    again = browser.post("/clients/new/", said)

    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    with in_tenant(north_room.tenant):
        assert Client.objects.filter(name="李建国").count() == 1


def test_a_refused_form_may_be_mended_and_sent_again(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    said = {
        "once": str(uuid.uuid4()), "code": "r1", "name": "新站", "level": "station", "label": "站", "region": "没有的",
        "opened_on": "2026-03-01",
    }  # fmt: skip

    assert browser.post("/stations/open/", said).status_code == 200
    assert browser.post("/stations/open/", {**said, "region": "370102001"}).status_code == 302
    with in_tenant(north_room.tenant):
        assert Site.objects.filter(code="r1").count() == 1


def test_a_token_belongs_to_one_person_and_page(north_room: Workroom) -> None:
    token = str(uuid.uuid4())
    for user in (north_room.wei.user, north_room.lin.user):
        browser = signed_in(user, north_room.host)
        said = {"once": token, "name": "同一个令牌", "site": north_room.station.ref}
        assert browser.post("/clients/new/", said).status_code == 302

    with in_tenant(north_room.tenant):
        assert Client.objects.filter(name="同一个令牌").count() == 2


def test_a_broken_token_is_no_token(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)

    assert browser.post("/clients/new/", {"once": "x" * 500, "name": ""}).status_code == 200


def test_broken_uploads_and_bodies_are_refused(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)
    half = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nhalf'
    for content_type, body in (
        ("multipart/form-data; boundary=x", half),
        ("multipart/form-data", half),
        ("multipart/form-data; boundary=" + "y" * 500, half),
        ("application/x-www-form-urlencoded", b"name=%ff%fe%00"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
        ("text/plain", b"\xff\xfe"),
    ):
        assert browser.generic("POST", "/clients/new/", body, content_type).status_code in (200, 400, 403)
