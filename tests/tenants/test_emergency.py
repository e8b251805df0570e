"""Break-glass: asked for by one operator, approved by another, for reading only, seen by the agency."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from api_access.authentication import issue_token
from audit.models import AuditEntry
from tenants.emergency import actions as emergency
from tenants.models import EmergencyAccess, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.workroom import Workroom


def operator(username: str) -> User:
    user = User.objects.create_user(username, PASSWORD, name=f"运营{username}")
    FloorRole.objects.create(user=user, role="operator")
    return user


@pytest.fixture
def pair(public: None) -> tuple[User, User]:
    return operator("ming"), operator("hong")


@pytest.fixture
def asked(pair: tuple[User, User], north_row: Tenant) -> EmergencyAccess:
    return emergency.ask(tenant=north_row, reason="导入卡住，需要核对", hours=2, by=pair[0])


@pytest.fixture
def inside(north_room: Workroom) -> tuple[Workroom, Client, EmergencyAccess]:
    """An operator who was let in and signed in on the agency's host."""
    with in_public():
        first, second = operator("ming"), operator("hong")
        asked = emergency.ask(tenant=north_room.tenant, reason="导入卡住，需要核对", hours=2, by=first)
        emergency.approve(asked=asked, by=second)
    return north_room, signed_in(first, north_room.host), asked


def test_nobody_lets_himself_in(pair: tuple[User, User], asked: EmergencyAccess) -> None:
    with pytest.raises(emergency.CannotAnswer, match="另一位"):
        emergency.approve(asked=asked, by=pair[0])

    emergency.approve(asked=asked, by=pair[1])
    with pytest.raises(emergency.CannotAnswer, match="已经答复"):
        emergency.refuse(asked=asked, by=pair[1])
    assert denied() == [{"tried": "approve"}, {"tried": "refuse"}]


def denied() -> list[dict[str, str]]:
    """Return what was refused, as the log has it."""
    return list(AuditEntry.objects.filter(act=emergency.DENIED).order_by("pk").values_list("details", flat=True))


def test_one_request_at_a_time(pair: tuple[User, User], asked: EmergencyAccess, north_row: Tenant) -> None:
    with pytest.raises(emergency.CannotAsk):
        emergency.ask(tenant=north_row, reason="再来一次申请", hours=1, by=pair[0])
    assert denied() == [{"tried": "ask"}]


def test_without_approval_the_agencys_door_stays_shut(asked: EmergencyAccess, pair: tuple[User, User]) -> None:
    client = Client(HTTP_HOST="north.localhost")
    answer = client.post("/accounts/login/", {"login": "ming", "password": PASSWORD})

    assert answer.status_code == 200
    assert client.get("/stations/").status_code == 302
    emergency.refuse(asked=asked, by=pair[1])
    assert client.post("/accounts/login/", {"login": "ming", "password": PASSWORD}).status_code == 200


def test_who_was_let_in_reads_and_every_page_is_written_down(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    room, client, access = inside
    page = client.get(f"/clients/{room.client.ref}/")

    assert page.status_code == 200
    assert "370102194903071222" not in page.content.decode()
    with in_public():
        opened = list(AuditEntry.objects.filter(act=emergency.OPENED, object_ref=access.ref))
    assert [entry.details["path"] for entry in opened] == [f"/clients/{room.client.ref}/"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "/records/new/"), ("get", "/clients/?export=xlsx"), ("get", "/api/v1/clients/"),
     ("post", "/plan/cancel/"), ("get", "/members/"), ("get", "/plan/")],
)  # fmt: skip
def test_nothing_is_written_exported_or_managed(
    inside: tuple[Workroom, Client, EmergencyAccess], method: str, path: str
) -> None:
    _room, client, _access = inside

    assert getattr(client, method)(path).status_code == 403
    with in_public():
        refused = [row for row in denied() if row["tried"] == method.upper()]
    assert (path.partition("?")[0] in [row["path"] for row in refused]) is (path not in ("/members/", "/plan/"))


def test_no_program_comes_in_with_it(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    """A token would read past the log, and outlive the hours."""
    room, _client, _access = inside
    program = Client(HTTP_HOST=room.host)
    said = {"username": "ming", "password": PASSWORD}
    answer = program.post("/api/v1/auth/token/", said, content_type="application/json")
    assert answer.status_code == 403

    with in_tenant(room.tenant):
        token, _row = issue_token(User.objects.get(username="ming"), timezone.now())
    kept = program.get("/api/v1/clients/", headers={"Authorization": f"Token {token}"})
    assert kept.status_code == 401


def test_a_sealed_field_is_not_opened(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    room, client, _access = inside

    assert client.post(f"/clients/{room.client.ref}/reveal/phone/", {"reason": "看看"}).status_code in (403, 404)


def test_the_agency_sees_who_why_and_what_and_can_show_out(
    inside: tuple[Workroom, Client, EmergencyAccess],
) -> None:
    room, client, access = inside
    client.get("/stations/")
    director = signed_in(room.director, room.host)
    today = director.get("/").content.decode()
    one = director.get(f"/platform-access/{access.ref}/").content.decode()

    assert "正在紧急查看本机构" in today
    assert "导入卡住" in today
    assert "/stations/" in one
    assert "运营hong" in one
    assert director.post(f"/platform-access/{access.ref}/end/").status_code == 302
    assert client.get("/stations/").status_code == 302


def test_it_ends_by_the_clock(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    _room, client, access = inside
    past = timezone.now() - dt.timedelta(minutes=1)
    with in_public():
        EmergencyAccess.objects.filter(pk=access.pk).update(from_at=past - dt.timedelta(hours=2), to_at=past)

    assert client.get("/stations/").status_code == 302
    with in_public():
        assert emergency.end_passed(timezone.now()) == 1


def test_another_agency_is_not_opened_with_it(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    client = Client(HTTP_HOST="south.localhost")
    answer = client.post("/accounts/login/", {"login": "ming", "password": PASSWORD})

    assert answer.status_code == 200
    assert client.get("/stations/").status_code == 302


def test_the_role_cannot_be_given_to_a_member(inside: tuple[Workroom, Client, EmergencyAccess]) -> None:
    room, _client, _access = inside
    said: dict[str, Any] = {"username": "neu", "name": "新人", "password": "long enough words", "roles": "emergency"}
    page = signed_in(room.director, room.host).post("/members/new/", said)

    assert page.status_code == 200
    with in_public():
        assert not User.objects.filter(username="neu").exists()
