"""AT-28 and AT-29 through the form, the API and the search: kept as written and found, or refused with a sentence."""

import pytest

from services.clients.models import Client
from services.clients.privacy.sealed import opened
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.identities import id_number
from tests.services.test_api import Program
from tests.workroom import Workroom

RIGHT = {
    "𠮷田": "𠮷田",
    "㛃": "㛃",
    "䶮": "䶮",
    "买买提·吐尔逊": "买买提‧吐尔逊",
    "帕提古丽・阿不都": "帕提古丽·阿不都",
    ("阿卜杜拉·穆罕默德·" * 6)[:50]: "阿卜杜拉・穆罕默德",
    "葛\U000e0100飾": "葛飾",
    "Zoe\u0301 Müller": "zoé müller",
    "O'Brien": "o'brien",
}
WRONG = [
    "张\x00三", "张\u200b三", "张\u202e三", "张\n三", "字" * 51, "", "  ", "\ufdfa" * 50, "ß" * 50, "㌖" * 20, "\ue000",
]  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_rare_name_is_kept_and_found(north_room: Workroom, name: str) -> None:
    assert north_room.wei.user
    browser = signed_in(north_room.wei.user, north_room.host)
    program = Program(north_room.wei.user.username, north_room.host)
    site = north_room.station.ref

    assert browser.post("/clients/new/", {"name": name, "site": site}).status_code == 302
    opened_by_api = program.post("/api/v1/clients/", {"name": name, "station": site})

    assert opened_by_api.status_code == 201
    assert opened_by_api.json()["name"] == name
    with in_tenant(north_room.tenant):
        assert Client.objects.filter(name=name).count() == 2
    assert program.get("/api/v1/clients/", q=RIGHT[name]).json()["results"][0]["name"] == name
    assert browser.get("/clients/", {"q": RIGHT[name]}).status_code == 200


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_name_is_refused_and_found_nowhere(north_room: Workroom, name: str) -> None:
    assert north_room.wei.user
    browser = signed_in(north_room.wei.user, north_room.host)
    program = Program(north_room.wei.user.username, north_room.host)
    site = north_room.station.ref
    with in_tenant(north_room.tenant):
        before = Client.objects.count()

    assert browser.post("/clients/new/", {"name": name, "site": site}).status_code in (200, 400)
    refused = program.post("/api/v1/clients/", {"name": name, "station": site})
    changed = program.patch(f"/api/v1/clients/{north_room.client.ref}/", {"name": name})

    assert (refused.status_code, changed.status_code) == (400, 400)
    assert "name" in refused.json()["errors"]
    assert browser.get("/clients/", {"q": name}).status_code in (200, 400)
    assert program.get("/api/v1/clients/", q=name).status_code in (200, 400)
    with in_tenant(north_room.tenant):
        assert Client.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (id_number(111), id_number(111)),
        ("".join(chr(ord(letter) + 0xFEE0) for letter in id_number(112)), id_number(112)),
        (" ".join(id_number(113)), id_number(113)),
        (next(id_number(n) for n in range(999) if id_number(n).endswith("X")).lower(),
         next(id_number(n) for n in range(999) if id_number(n).endswith("X"))),
    ],
)  # fmt: skip
def test_an_id_number_is_taken_as_meant(north_room: Workroom, typed: str, meant: str) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)

    answer = browser.post("/clients/new/", {"name": "某人", "site": north_room.station.ref, "id_number": typed})

    assert answer.status_code == 302
    with in_tenant(north_room.tenant):
        assert opened(Client.objects.get(name="某人"), "id_number") == meant
    assert meant not in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "typed",
    [id_number(111)[:-1] + ("0" if id_number(111)[-1] != "0" else "1"), id_number(111, "19520230"),
     id_number(111, "21010101"), "99" + id_number(111)[2:], "1234", "H12345678", "x" * 40,
     "3701021952041\u202e58523"],
)  # fmt: skip
def test_a_wrong_id_number_has_its_sentence_beside_the_field(north_room: Workroom, typed: str) -> None:
    assert north_room.wei.user
    browser = signed_in(north_room.wei.user, north_room.host)
    program = Program(north_room.wei.user.username, north_room.host)
    site = north_room.station.ref

    page = browser.post("/clients/new/", {"name": "某人", "site": site, "id_number": typed})
    answer = program.post("/api/v1/clients/", {"name": "某人", "station": site, "id_number": typed})

    assert page.status_code == 200
    assert "身份证号" in page.content.decode()
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["id_number"])


def test_one_number_once_in_an_agency_and_again_in_another(north_room: Workroom, south_room: Workroom) -> None:
    """Both rooms hold a file of the same number: agencies do not know of each other's."""
    with in_tenant(north_room.tenant):
        mine = Client.objects.get(ref=north_room.client.ref)
        assert opened(mine, "id_number") == "370102194903071222"
    with in_tenant(south_room.tenant):
        theirs = Client.objects.get(ref=south_room.client.ref)
        assert opened(theirs, "id_number") == "370102194903071222"
    assert mine.id_number_hash != theirs.id_number_hash

    browser = signed_in(north_room.wei.user, north_room.host)
    said = {"name": "另一人", "site": north_room.station.ref, "id_number": "370102194903071222"}
    page = browser.post("/clients/new/", said)
    assert page.status_code == 200
    assert "已有档案" in page.content.decode()
