"""Colleagues are asked in: by lines or a table, by mail or a link; one link lets one person in, once."""

import datetime as dt
import io
import threading
from typing import Any

import pytest
import xlsxwriter
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from letters.models import Letter
from services.people.invitations import actions as invitation_actions
from services.people.models import Staff, StaffInvitation
from tenants.models import Membership, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.workroom import Workroom

NEW = "/members/invitations/new/"
LINES = "李社工，li@example.org，社工\n王实习\t13864100077\t实习生\n\n钱财务,,财务、志愿者管理员"


@pytest.fixture
def director(north_room: Workroom) -> Client:
    return signed_in(north_room.director, north_room.host)


def asked(**changes: Any) -> invitation_actions.Invitee:
    return invitation_actions.Invitee(
        **{"name": "李社工", "email": "li@example.org", "phone": "", "roles": ("worker",), **changes}
    )


def invited(room: Workroom, **changes: Any) -> StaffInvitation:
    """Invite one person while standing in the agency."""
    (made,) = invitation_actions.invite(people=[asked(**changes)], address="http://x", agency="甲", by=room.director)
    return made


def table(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("名单.xlsx", file.getvalue())


def test_several_at_once_by_pasted_lines(director: Client, north_room: Workroom) -> None:
    page = director.post(NEW, {"lines": LINES, "role": "worker"}, follow=True).content.decode()

    assert "已邀请 3 人" in page
    with in_tenant(north_room.tenant):
        made = {row.name: row for row in StaffInvitation.objects.all()}
    assert made["李社工"].email == "li@example.org"
    assert (made["王实习"].phone, made["王实习"].roles) == ("+8613864100077", ["intern"])
    assert made["钱财务"].roles == ["finance", "volunteer_coordinator"]
    with in_public():
        assert Letter.objects.filter(kind="staff_invitation").count() == 1
    assert "13864100077" in page
    assert "李社工" in director.get("/members/invitations/?state=sent&q=li@").content.decode()


@pytest.mark.parametrize(
    ("line", "words"),
    [("李社工，没有邮箱，社工", "电话"),
     ("李社工，li@，社工", "邮箱格式"), ("李社工，li@example.org，国王", "没有“国王”"),
     ("，li@example.org，社工", "姓名"), ("李社工，li@example.org，社工\n王社工，LI@example.org，社工", "重复"),
     ("李\u200b社工，li@example.org，社工", "看不见")],
)  # fmt: skip
def test_one_wrong_line_and_nobody_is_invited(director: Client, north_room: Workroom, line: str, words: str) -> None:
    page = director.post(NEW, {"lines": f"好社工，good@example.org，社工\n{line}", "role": ""}).content.decode()

    assert words in page
    assert "还没有邀请任何人" in page
    assert "good@example.org" in page
    with in_tenant(north_room.tenant):
        assert not StaffInvitation.objects.exists()


def test_nobody_twice_while_an_invitation_waits(director: Client, north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        invited(north_room)

    assert "已经邀请过" in director.post(NEW, {"lines": "李社工，li@example.org，社工", "role": ""}).content.decode()


def test_a_table_is_shown_before_anybody_is_invited(director: Client, north_room: Workroom) -> None:
    file = table(("姓名", "邮箱或手机", "角色"), ("李社工", "li@example.org", "社工"), ("王某", "13864100077", ""))

    page = director.post(NEW, {"file": file, "role": "intern"}).content.decode()

    assert "李社工，li@example.org，社工" in page
    assert "请核对名单" in page
    with in_tenant(north_room.tenant):
        assert not StaffInvitation.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"), [("x.xlsx", b"PK\x03\x04 no zip"), ("x.xlsx", b"\x00\x01"), ("x.xls", b"\xd0\xcf\x11\xe0old"),
                       ("empty.csv", b"  ")]
)  # fmt: skip
def test_a_broken_file_gets_a_sentence(director: Client, name: str, data: bytes) -> None:
    answer = director.post(NEW, {"file": SimpleUploadedFile(name, data), "role": ""})

    assert answer.status_code == 400
    assert any(word in answer.content.decode() for word in ("已损坏", "看不懂", "另存为"))


def test_the_template_can_be_read_back(director: Client) -> None:
    data = director.get("/members/invitations/template/").content

    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["姓名", "邮箱或手机", "角色"]


def test_the_invited_person_joins_and_signs_in(director: Client, north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        made = invited(north_room)
        address = f"/welcome/{invitation_actions.token(made)}/"
    assert address in director.get(f"/members/invitations/{made.ref}/").content.decode()
    visitor = Client(HTTP_HOST=north_room.host)
    assert "李社工" in visitor.get(address).content.decode()
    assert visitor.post(address, {"username": "li-shegong", "password": "short"}).status_code == 400

    page = visitor.post(address, {"username": "li-shegong", "password": PASSWORD}, follow=True).content.decode()

    assert "已加入" in page
    with in_public():
        user = User.objects.get(username="li-shegong")
        assert (user.name, user.email) == ("李社工", "li@example.org")
        assert Membership.objects.get(user=user).roles == ["worker"]
    with in_tenant(north_room.tenant):
        staff = Staff.objects.get(user_id=user.pk)
    assert (staff.name, staff.employment) == ("李社工", "full_time")
    assert signed_in(user, north_room.host).get("/records/").status_code == 200
    assert "不再有效" in visitor.get(address).content.decode()
    assert visitor.post(address, {"username": "second", "password": PASSWORD}).status_code == 200
    with in_public():
        assert not User.objects.filter(username="second").exists()


def test_a_role_without_clients_gets_no_staff_file(at_north: Workroom) -> None:
    made = invited(at_north, roles=("finance",))

    user = invitation_actions.join(invitation=made, username="qian-caiwu", password=PASSWORD)

    assert not Staff.objects.filter(user_id=user.pk).exists()


def test_somebody_with_a_login_proves_it_and_keeps_it(at_north: Workroom) -> None:
    known = User.objects.create_user("known", PASSWORD, name="原名")
    made = invited(at_north)

    with pytest.raises(invitation_actions.CannotJoin, match="已被使用"):
        invitation_actions.join(invitation=made, username="Known", password="some other password")
    assert invitation_actions.join(invitation=made, username="known", password=PASSWORD) == known
    known.refresh_from_db()
    assert known.name == "原名"


def test_more_roles_are_added_to_those_held(at_north: Workroom) -> None:
    made = invited(at_north, roles=("finance",))

    invitation_actions.join(invitation=made, username="n-wei", password=PASSWORD)

    assert Membership.objects.get(user__username="n-wei").roles == ["finance", "worker"]
    assert Staff.objects.filter(user__username="n-wei").count() == 1


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [("li", PASSWORD, "3"), ("fine-name", "12345678", "10|常见|数字"), ("坏 名", PASSWORD, "有效|字母|合法")],
)
def test_a_login_that_cannot_be_comes_back(north_room: Workroom, username: str, password: str, words: str) -> None:
    cache.clear()
    with in_tenant(north_room.tenant):
        address = f"/welcome/{invitation_actions.token(invited(north_room))}/"

    answer = Client(HTTP_HOST=north_room.host).post(address, {"username": username, "password": password})

    assert answer.status_code == 400
    assert any(word in answer.content.decode() for word in words.split("|"))
    assert password not in answer.content.decode()


def test_taken_back_expired_and_sent_again(director: Client, north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        made = invited(north_room)
        old = f"/welcome/{invitation_actions.token(made)}/"
    page, visitor = f"/members/invitations/{made.ref}/", Client(HTTP_HOST=north_room.host)

    director.post(f"{page}take-back/")
    assert "不再有效" in visitor.get(old).content.decode()
    assert "不能再发" in director.post(f"{page}send-again/", follow=True).content.decode()
    director.post(f"{page}offer-again/")
    assert "请设置" in visitor.get(old).content.decode()

    with in_tenant(north_room.tenant):
        StaffInvitation.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert "不再有效" in visitor.get(old).content.decode()
    assert "已过期" in director.get("/members/invitations/?state=expired").content.decode()
    director.post(f"{page}send-again/")
    assert visitor.get(old).status_code == 404
    with in_tenant(north_room.tenant):
        made.refresh_from_db()
        fresh = f"/welcome/{invitation_actions.token(made)}/"
    assert "请设置" in visitor.get(fresh).content.decode()


def test_another_agencys_link_is_not_found(north_room: Workroom, south_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        address = f"/welcome/{invitation_actions.token(invited(north_room))}/"

    assert Client(HTTP_HOST=south_room.host).get(address).status_code == 404
    assert Client(HTTP_HOST=north_room.host).get("/welcome/nothing/").status_code == 404


def test_whoever_tries_names_at_a_link_is_told_to_wait(north_room: Workroom) -> None:
    """Of one name ten tries are looked at in an hour, whatever was typed then: 429 with the time to wait."""
    with in_tenant(north_room.tenant):
        address = f"/welcome/{invitation_actions.token(invited(north_room))}/"
    visitor = Client(HTTP_HOST=north_room.host)
    assert north_room.wei.user
    said = {"username": north_room.wei.user.username, "password": "is it this one?"}

    answers = [visitor.post(address, said) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 3500
    assert "次数太多" in answers[-1].content.decode()
    assert visitor.post(address, {**said, "password": PASSWORD}).status_code == 429


def test_one_link_many_hands_one_member(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    with in_tenant(room.tenant):
        made = invited(room)
    connections.close_all()
    gate, results = threading.Barrier(5), []

    def act(number: int) -> None:
        try:
            with in_tenant(room.tenant):
                gate.wait()
                results.append(invitation_actions.join(invitation=made, username=f"many{number}", password=PASSWORD))
        except Exception as error:
            results.append(error)  # type: ignore[arg-type]
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(each, invitation_actions.Spent) for each in results) == 4, results
    with in_public():
        assert User.objects.filter(username__startswith="many").count() == 1


def test_a_link_of_one_agency_opens_nothing_in_a_copy_of_its_schema(north_room: Workroom, south_row: Tenant) -> None:
    """A schema put back under another agency holds the rows of the first, digests and all."""
    with in_tenant(north_room.tenant):
        made = invited(north_room)
        link = f"/welcome/{invitation_actions.token(made)}/"
    with in_tenant(south_row):
        made.pk = None
        made.save(force_insert=True)
    said = {"username": "li-shegong", "password": "a long enough password"}

    copy = Client(HTTP_HOST="south.localhost")
    assert copy.get(link).status_code == 404
    assert copy.post(link, said).status_code == 404
    with in_public():
        assert not Membership.objects.filter(tenant=south_row, user__username="li-shegong").exists()
    assert Client(HTTP_HOST="north.localhost").post(link, said).status_code == 302


# What rows are found by, or prints of what they hold: whoever knows one is let in nowhere.
KEYS_AND_PRINTS = {
    "clients.Client.name_key", "people.Staff.name_key", "volunteers.Volunteer.name_key", "network.ProgrammeChoice.key",
    "journal.KeptAnswer.key", "journal.Block.digest", "journal.Seal.digest", "ledger.Entry.key", "ledger.Entry.digest",
    "ledger.Anchor.digest", "funds.Fund.digest", "funds.BankImport.file_digest", "leaving.Export.digest",
}  # fmt: skip


def test_no_other_link_or_token_stands_in_an_agencys_schema() -> None:
    """What opens something and is looked up in an agency's own tables must be bound to the agency, as above."""
    words = ("digest", "token", "secret", "key")
    found = {
        f"{model._meta.label}.{field.name}"
        for app in settings.TENANT_APPS
        for model in apps.get_app_config(app.rpartition(".")[2]).get_models()
        for field in model._meta.get_fields()
        if any(word in field.name.split("_") for word in words)
    }

    assert found - KEYS_AND_PRINTS == {"people.StaffInvitation.digest"}
