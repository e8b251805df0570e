"""Officers, supervisors and evaluators get their logins from the operator; operators from the command line alone."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import FloorRole, User
from operating.management.commands import open_account
from operating.people import actions as people
from tenants.running import in_public
from tests.cast import PASSWORD, signed_in

SAID: dict[str, Any] = {
    "username": "lixia", "name": "李夏", "password": "words of some length", "role": "district_officer",
    "area": "370102",
}  # fmt: skip


@pytest.fixture
def operator(public: None) -> User:
    user = User.objects.create_user("op", PASSWORD)
    FloorRole.objects.create(user=user, role="operator")
    return user


def test_an_officer_is_made_at_the_desk_and_signs_in(operator: User) -> None:
    desk = signed_in(operator)
    assert desk.post("/agencies/_/people/new/", SAID).status_code == 302

    assert "李夏" in desk.get("/agencies/_/people/").content.decode()
    officer = signed_in(None)
    answer = officer.post("/accounts/login/", {"login": "lixia", "password": SAID["password"]})
    assert answer.status_code == 302
    assert officer.get("/contracts/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"role": "operator", "area": ""}, "role"), ({"area": ""}, "area"), ({"area": "999999"}, "area"),
     ({"role": "supervisor"}, "area"), ({"password": "123"}, "password"), ({"password": ""}, "password")],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(operator: User, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(people.CannotGive) as no:
        people.give_role(**{**SAID, **changes}, by=operator)

    assert list(no.value.fields) == [field]
    assert not User.objects.filter(username="lixia").exists()


def test_a_role_taken_back_closes_the_door_at_once(operator: User) -> None:
    desk = signed_in(operator)
    desk.post("/agencies/_/people/new/", SAID)
    user = User.objects.get(username="lixia")
    user.set_password(PASSWORD)
    user.save()
    officer = signed_in(user)

    desk.post(f"/agencies/_/people/{user.ref}/district_officer/take/", {"area": "370102"})
    assert officer.get("/contracts/").status_code == 302


def test_the_last_operator_stays(operator: User) -> None:
    with pytest.raises(people.LastOperator):
        people.take_role(floor_role=FloorRole.objects.get(user=operator), by=operator)


def test_two_operators_who_take_each_others_role_wait_for_one_another(operator: User) -> None:
    other = FloorRole.objects.create(user=User.objects.create_user("op2", PASSWORD), role="operator")

    with CaptureQueriesContext(connection) as asked:
        people.take_role(floor_role=other, by=operator)

    assert any("FOR UPDATE" in query["sql"] for query in asked.captured_queries)


def test_the_first_operator_comes_from_the_command_line(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_account, "getpass", lambda _prompt: "words of some length")
    call_command("open_account", "first", name="甲", role="operator")
    with in_public():
        assert FloorRole.objects.filter(user__username="first", role="operator").exists()

    with pytest.raises(CommandError, match="区划"):
        call_command("open_account", "second", role="district_officer")
