"""Sealed is sealed: no page leads to a number, none tells of a restricted person, and who looks often is told of."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from common.texts.identity import CHECK_DIGITS, WEIGHTS
from evaluation.models import Fact
from services.clients import actions
from services.clients.models import Client, DataAlert
from services.clients.privacy import alerts
from services.clients.privacy.sealed import id_number_hash, sealed
from services.grants.applications import merges
from services.journal.models import JournalEntry
from services.rights.answers.gather import sections_about
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.identities import id_number
from tests.nights import long_at_night
from tests.services.clients.test_restricted import seen
from tests.workroom import Workroom

SECRET = id_number(853)


def with_last(body: str) -> str:
    """Return a number's first 17 digits with its check digit."""
    return body + CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def put_number(client: Client, number: str) -> None:
    Client.objects.filter(pk=client.pk).update(
        id_number_sealed=sealed(client, "id_number", number), id_number_hash=id_number_hash(number)
    )


def secret_file(room: Workroom, **changes: Any) -> Client:
    said = {"name": "隐秘的人", "site": room.station, "worker": room.wei, "id_number": SECRET, "is_restricted": True}
    today = timezone.localdate()
    return actions.open_file(
        file=actions.ClientFile(**{**said, **changes}), opened_on=today, today=today, by=room.wei.user
    )


def alerts_of(room: Workroom) -> list[DataAlert]:
    with in_tenant(room.tenant):
        return list(DataAlert.objects.order_by("pk"))


def body(room: Workroom, number: str) -> dict[str, Any]:
    return {"name": "新来的人", "id_number": number, "station": room.station.ref}


@pytest.mark.parametrize("serials", long_at_night(("998",), ("000", "124", "356")))
def test_every_other_number_would_look_the_same(north_room: Workroom, serials: tuple[str, ...]) -> None:
    """Region, birthday and gender are known to whoever reads a file: no answer tells the rest of the number."""
    room = north_room
    pages = ["/clients/", f"/clients/{room.client.ref}/", "/clients/?export=xlsx", "/households/",
             f"/households/{room.household.ref}/", "/records/", "/grants/", "/rights/", "/api/v1/clients/",
             f"/api/v1/clients/{room.client.ref}/", "/clients/?q=1222", "/api/v1/clients/?q=1222"]  # fmt: skip
    browsers = [signed_in(user, room.host) for user in (room.director, room.lin.user, room.wei.user, room.an.user)]
    told = [seen(browser, page) for browser in browsers for page in pages]

    for serial in serials:
        with in_tenant(room.tenant):
            put_number(room.client, with_last(f"37010219490307{serial}"))
        assert [seen(browser, page) for browser in browsers for page in pages] == told


def test_no_column_holds_a_part_of_a_number(at_north: Workroom) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM clients_client c WHERE id = %s", [at_north.client.pk])
        row = cursor.fetchone()[0]
    assert "1222" not in row
    assert "3701****" not in row
    assert "138****" not in row


def test_an_upgrade_empties_the_old_masks_and_takes_secret_households_out(at_north: Workroom) -> None:
    migration = import_module("services.clients.migrations.0005_sealed_is_sealed")
    room = at_north
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_client SET id_number_masked = '3701**********1222', last_four = '1222',"
            " phone_masked = '138****0001', is_restricted = true WHERE id = %s", [room.client.pk],
        )  # fmt: skip
        cursor.execute(migration.MASK)
        cursor.execute(migration.LEAVE_EVIDENCE)
        cursor.execute(
            "SELECT id_number_masked, last_four, phone_masked FROM clients_client WHERE id = %s", [room.client.pk]
        )
        assert cursor.fetchone() == ("", "", "*********01")
    assert not Fact.objects.filter(source=f"clients.household:{room.household.ref}").exists()


@pytest.mark.parametrize("way", ["page", "api", "change", "patch"])
def test_a_restricted_persons_number_is_answered_like_a_new_one(north_room: Workroom, way: str) -> None:
    room = north_room
    with in_tenant(room.tenant):
        secret = secret_file(room)
    lin = signed_in(room.lin.user, room.host)
    known, new = (_sent(lin, room, way, number) for number in (SECRET, id_number(77)))

    assert known == new
    assert known[0] in (201, 302, 200)
    (alert,) = alerts_of(room)
    assert (alert.kind, alert.twin_id, alert.by) == (DataAlert.Kind.TWIN, secret.pk, room.lin.user.ref)  # type: ignore[union-attr]
    assert "数据安全提醒" not in lin.get("/").content.decode()
    assert lin.get("/rights/alerts/").status_code == 403


def _sent(browser: Browser, room: Workroom, way: str, number: str) -> tuple[int, str, str]:
    json = {"content_type": "application/json"}
    said = {**body(room, number), "site": room.station.ref}
    if way == "page":
        answer = browser.post("/clients/new/", said)
    elif way == "api":
        answer = browser.post("/api/v1/clients/", body(room, number), **json)
    else:
        with in_tenant(room.tenant):
            today = timezone.localdate()
            plain = actions.ClientFile(name="新来的人", site=room.station)
            made = actions.open_file(file=plain, opened_on=today, today=today, by=room.wei.user)
        if way == "change":
            answer = browser.post(f"/clients/{made.ref}/change/", said)
        else:
            answer = browser.patch(f"/api/v1/clients/{made.ref}/", {"id_number": number}, **json)
    follow = browser.get(answer["Location"]).content.decode() if answer.status_code == 302 else ""
    words = re.sub(r'csrf[^>]*value="[^"]*"|X-CSRFToken[^}]*', "", follow)
    told = re.sub(r'"[a-z0-9]{16}"', "REF", answer.content.decode())
    return answer.status_code, told, re.sub(r"[a-z0-9]{16}|C20\d\d-\d{5}|\d\d:\d\d", "", words)


def test_who_is_named_for_the_file_is_told(at_north: Workroom) -> None:
    secret_file(at_north)
    with pytest.raises(actions.ClientKnown):
        secret_file(at_north, is_restricted=False)
    with pytest.raises(actions.ClientKnown):
        secret_file(at_north, id_number="370102194903071222")  # a file that all may know of
    assert not DataAlert.objects.exists()


def test_the_data_officer_sees_and_settles(north_room: Workroom) -> None:
    room = north_room
    with in_tenant(room.tenant):
        secret = secret_file(room)
    signed_in(room.lin.user, room.host).post("/api/v1/clients/", body(room, SECRET), content_type="application/json")
    director = signed_in(room.director, room.host)

    def waits() -> int:
        """How many alerts the director's first page says are open."""
        page = director.get("/").content.decode()
        place = r'"/rights/alerts/\?state=open">\s*<span class="label">[^<]*</span>\s*<span class="value">(\d+)'
        found = re.search(place, page)
        assert found
        return int(found.group(1))

    assert waits() == 1
    page = director.get("/rights/alerts/").content.decode()
    assert secret.number in page
    assert "卫社工" in page
    assert "隐秘的人" not in page
    assert secret.ref not in page
    assert director.get("/rights/alerts/?export=xlsx").status_code == 200
    (alert,) = alerts_of(room)
    assert director.post(f"/rights/alerts/{alert.ref}/settle/").status_code == 302
    assert waits() == 0
    again = director.post(f"/rights/alerts/{alert.ref}/settle/", follow=True).content.decode()
    assert "已经处理" in again
    with in_tenant(room.tenant):
        assert JournalEntry.objects.filter(act="clients.alert.settled").count() == 1


def test_merged_with_a_restricted_file_both_are_shut_and_a_third_opens_like_new(at_north: Workroom) -> None:
    room = at_north
    secret = secret_file(room)
    today = timezone.localdate()
    plain = actions.ClientFile(name="新来的人", site=room.station, id_number=SECRET)
    second = actions.open_file(file=plain, opened_on=today, today=today, by=room.lin.user)
    merges.merge(keep=secret, duplicate=second, by=room.director)

    assert Client.objects.get(pk=second.pk).is_restricted
    third = actions.open_file(file=plain, opened_on=today, today=today, by=room.lin.user)
    assert third.pk
    with pytest.raises(actions.ClientKnown):  # their own, which they know of
        actions.open_file(file=plain, opened_on=today, today=today, by=room.lin.user)
    assert "clients.DataAlert" not in [section.label for section in sections_about(third)]


def test_the_household_of_a_restricted_person_stands_in_no_evidence(at_north: Workroom) -> None:
    def told() -> bool:
        return Fact.objects.filter(source=f"clients.household:{at_north.household.ref}").exists()

    assert told()
    secret = secret_file(at_north, household=at_north.household)
    assert not told()
    plain = actions.ClientFile(name="隐秘的人", site=at_north.station, worker=at_north.wei, is_restricted=True)
    actions.change_file(client=secret, file=plain, today=timezone.localdate(), by=at_north.wei.user)  # moves out
    assert told()
    actions.restrict(client=at_north.client, workers=[at_north.wei], by=at_north.wei.user)
    assert not told()


def test_thirty_reveals_in_an_hour_are_told_once(at_north: Workroom) -> None:
    def look() -> None:
        assert at_north.wei.user
        actions.reveal(client=at_north.client, field="phone", reason="核实联系方式", by=at_north.wei.user)

    for _each in range(alerts.MOST_REVEALS - 1):
        look()
    assert not DataAlert.objects.exists()
    look()
    assert DataAlert.objects.get().count == alerts.MOST_REVEALS
    for _each in range(2):
        look()
    alert = DataAlert.objects.get()
    assert (alert.kind, alert.count) == (DataAlert.Kind.REVEALS, alerts.MOST_REVEALS + 2)
    assert alerts.about(alert) == "一小时内查看 32 次"


def test_files_opened_are_written_down(north_room: Workroom) -> None:
    room = north_room
    lin = signed_in(room.lin.user, room.host)
    lin.get(f"/clients/{room.client.ref}/")
    lin.get(f"/api/v1/clients/{room.client.ref}/")
    lin.get(f"/households/{room.household.ref}/")

    with in_tenant(room.tenant):
        read = JournalEntry.objects.filter(act__endswith=".read", actor=room.lin.user.ref)  # type: ignore[union-attr]
        assert sorted(read.values_list("act", "object_ref")) == sorted(
            [("clients.client.read", room.client.ref)] * 2 + [("clients.household.read", room.household.ref)]
        )


def test_signing_in_and_failing_to_are_written_down(north_room: Workroom) -> None:
    room = north_room
    user = room.lin.user
    assert user
    json = {"content_type": "application/json"}
    signed_in(user, room.host)
    stranger = Browser(HTTP_HOST=room.host)
    stranger.post("/accounts/login/", {"login": user.username, "password": "wrong"})
    stranger.post("/accounts/login/", {"login": "nobody-at-all", "password": "wrong"})
    Browser(HTTP_HOST="south.localhost").post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    stranger.post("/api/v1/auth/token/", {"username": user.username, "password": PASSWORD}, **json)
    stranger.post("/api/v1/auth/token/", {"username": user.username, "password": "wrong"}, **json)

    assert lines(user) == [
        ("accounts.signed_in", "north", None), ("accounts.sign_in.failed", "north", "wrong password"),
        ("accounts.sign_in.failed", "south", "no role here"), ("accounts.token.issued", "north", None),
        ("accounts.sign_in.failed", "north", "wrong password"),
    ]  # fmt: skip
    with in_public():
        unknown = AuditEntry.objects.filter(act="accounts.sign_in.failed", object_ref="").get()
    assert "nobody-at-all" not in str(unknown.details)


def lines(user: User) -> list[tuple[str, str, str | None]]:
    with in_public():
        found = AuditEntry.objects.filter(act__startswith="accounts.", object_ref=user.ref).order_by("pk")
        return [(entry.act, entry.details["host"], entry.details.get("why")) for entry in found]
