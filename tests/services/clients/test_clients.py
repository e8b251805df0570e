"""Clients' files: kept, sealed, found, masked, revealed, restricted."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from evaluation.models import Fact
from services.clients import actions, codes
from services.clients.models import Client, Reveal
from services.clients.queries import find
from services.journal.models import JournalEntry
from services.people.models import Staff
from tests.cast import signed_in
from tests.workroom import Workroom

TODAY = timezone.localdate


def open_file(room: Workroom, **changes: object) -> Client:
    file = actions.ClientFile(name="李建国", site=room.station, worker=room.wei)
    return actions.open_file(
        file=replace(file, **changes),
        opened_on=TODAY(),
        today=TODAY(),
        by=room.wei.user,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", ["𠮷田", "㛃", "买买提·吐尔逊", "阿卜杜拉·穆罕默德·" * 5, "葛\U000e0100"])
def test_a_name_is_kept_byte_for_byte_and_found(at_north: Workroom, name: str) -> None:
    client = open_file(at_north, name=name[:50])

    kept = Client.objects.get(pk=client.pk)
    assert kept.name == name[:50]
    assert kept in find(Client.objects.all(), name[:50].replace("·", "・"))


@pytest.mark.parametrize("words", ["张桂", "桂兰", "zhanggui", "zgl", "ZGL", "C20", " 张桂兰 "])
def test_a_client_is_found_in_few_strokes(at_north: Workroom, words: str) -> None:
    assert at_north.client in find(Client.objects.all(), words)


@pytest.mark.parametrize("words", ["李", "wei", "1222", "%", "_", "\\"])
def test_others_are_not(at_north: Workroom, words: str) -> None:
    assert at_north.client not in find(Client.objects.all(), words)


def test_sealed_fields_are_nowhere_in_clear(at_north: Workroom) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM clients_client c UNION ALL SELECT h::text FROM clients_household h")
        rows = " ".join(row[0] for row in cursor.fetchall())

    for clear in ("370102194903071222", "13864100001", "棋盘街", "听力"):
        assert clear not in rows
        assert clear.encode().hex() not in rows


def test_the_same_id_number_has_one_file(at_north: Workroom) -> None:
    with pytest.raises(actions.ClientKnown):
        open_file(at_north, id_number="３７０１０２１９４９０３０７１２２２")


def test_what_the_id_number_says_is_not_contradicted(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepClient) as refused:
        actions.change_file(
            client=at_north.client,
            file=actions.ClientFile(
                name="张桂兰", site=at_north.station, id_number="370102194903071222", gender="m",
                birth_on=dt.date(1950, 1, 1),
            ),
            today=TODAY(),
            by=None,
        )  # fmt: skip
    assert set(refused.value.fields) == {"gender", "birth_on"}


def test_an_empty_sealed_field_keeps_what_it_holds(at_north: Workroom) -> None:
    sealed = bytes(at_north.client.phone_sealed or b"")
    actions.change_file(
        client=at_north.client, file=actions.ClientFile(name="张桂兰", site=at_north.station), today=TODAY(), by=None
    )

    assert bytes(Client.objects.get(pk=at_north.client.pk).phone_sealed or b"") == sealed


def test_numbers_follow_each_other(at_north: Workroom) -> None:
    first, second = open_file(at_north), open_file(at_north)

    assert int(second.number[-5:]) == int(first.number[-5:]) + 1


def test_a_file_and_its_category_are_facts(at_north: Workroom) -> None:
    source = f"clients.client:{at_north.client.ref}"

    assert set(Fact.objects.filter(source=source).values_list("measure", flat=True)) == {
        "clients_filed",
        "clients_with_category",
    }


def test_a_category_is_dated_and_not_noted_twice(at_north: Workroom) -> None:
    note = {"client": at_north.client, "proof": "", "today": TODAY(), "by": None}
    with pytest.raises(actions.CannotKeepClient):
        actions.note_category(code="minimum_living", from_on=TODAY(), to_on=None, **note)  # type: ignore[arg-type]
    with pytest.raises(actions.CannotKeepClient):
        actions.note_category(code="unheard_of", from_on=TODAY(), to_on=None, **note)  # type: ignore[arg-type]
    actions.note_category(code="living_alone", from_on=TODAY(), to_on=None, **note)  # type: ignore[arg-type]


def test_the_code_list_has_the_nine_categories_and_the_beijing_groups() -> None:
    groups = [category.group for category in codes.in_force(dt.date(2026, 11, 21)).categories]

    assert groups.count("statutory") == 9
    assert groups.count("hardship") == 8


def test_revealing_needs_a_reason_that_is_kept_first(at_north: Workroom) -> None:
    user = at_north.wei.user
    assert user
    for field, reason in (("phone", "no"), ("name", "核实联系方式"), ("phone", "x" * 201)):
        with pytest.raises(actions.CannotReveal):
            actions.reveal(client=at_north.client, field=field, reason=reason, by=user)
    assert not Reveal.objects.exists()

    assert actions.reveal(client=at_north.client, field="phone", reason="核实联系方式", by=user) == "+8613864100001"
    assert Reveal.objects.get().by == user.ref
    entry = JournalEntry.objects.get(act="clients.client.revealed")
    assert "核实" not in str(entry.details)


def test_the_page_shows_a_value_once_and_is_not_kept(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)
    page = f"/clients/{north_room.client.ref}/reveal/phone/"

    assert "13864100001" not in browser.get(f"/clients/{north_room.client.ref}/").content.decode()
    assert "13864100001" not in browser.get(page).content.decode()
    shown = browser.post(page, {"reason": "核实联系方式"})
    assert "+8613864100001" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert "13864100001" not in browser.get(page).content.decode()


def test_a_restricted_file_does_not_exist_for_others(north_room: Workroom) -> None:
    from tenants.running import in_tenant

    with in_tenant(north_room.tenant):
        actions.restrict(client=north_room.client, workers=[north_room.wei], by=None)
        with pytest.raises(actions.CannotKeepClient):
            actions.restrict(client=north_room.client, workers=Staff.objects.none(), by=None)
    ref, record = north_room.client.ref, north_room.record.ref
    wei = signed_in(north_room.wei.user, north_room.host)
    assert wei.get(f"/clients/{ref}/").status_code == 200

    for user in (north_room.director, north_room.lin.user):
        browser = signed_in(user, north_room.host)
        assert browser.get(f"/clients/{ref}/").status_code == 404
        assert browser.get(f"/records/{record}/").status_code == 404
        assert browser.get(f"/api/v1/clients/{ref}/").status_code == 404
        for page in (
            "/clients/",
            "/clients/?q=zgl",
            "/records/",
            "/households/",
            "/api/v1/clients/",
            "/api/v1/visits/",
        ):
            text = browser.get(page).content.decode()
            assert "张桂兰" not in text
            assert ref not in text
        assert browser.get("/records/new/?kind=home_visit&q=zgl").content.decode().count("张桂兰") == 0
        assert "还没有服务对象" in browser.get("/clients/").content.decode()


def test_a_worker_sees_only_the_clients_of_their_sites(north_room: Workroom) -> None:
    from tenants.running import in_tenant

    with in_tenant(north_room.tenant):
        elsewhere = open_file(north_room, name="别处的人", site=north_room.other_station, worker=None)
    browser = signed_in(north_room.wei.user, north_room.host)

    assert browser.get(f"/clients/{elsewhere.ref}/").status_code == 404
    assert "别处的人" not in browser.get("/clients/").content.decode()
    assert "别处的人" in signed_in(north_room.director, north_room.host).get("/clients/").content.decode()
