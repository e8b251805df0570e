"""An agency leaves: asked for with its name and a password, read-only for thirty days, deleted by two people."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from accounts.models import User
from billing.plans import entitlement
from common.refusals import Refused
from tenants.agencies import actions as agencies
from tenants.departure import actions as departure
from tenants.middleware import HostMiddleware
from tenants.models import Leaving, Tenant
from tenants.running import TenantRefused, active_tenant, each_tenant, in_public
from tests.cast import PASSWORD, officer, signed_in
from tests.services.test_api import Program, visit_body
from tests.workroom import Workroom

TODAY = timezone.localdate()
THE_DAY = TODAY + dt.timedelta(days=30)
State = Tenant.State


def forget_hosts() -> None:
    """What a process remembers for five seconds."""
    HostMiddleware.known.clear()
    entitlement.forget()


@pytest.fixture(autouse=True)
def _hosts_asked_anew() -> Iterator[None]:
    forget_hosts()
    yield
    forget_hosts()


def leave(room: Workroom) -> Leaving:
    with in_public():
        return departure.ask(
            tenant=room.tenant, typed_name=room.tenant.name, reason="合同期满", today=TODAY, by=room.director
        )


def operators() -> tuple[User, User]:
    return officer("op-one", "operator"), officer("op-two", "operator")


def test_a_director_leaves_with_the_name_a_reason_and_the_password(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    said = {"typed_name": north_room.tenant.name, "reason": "合同期满", "password": PASSWORD}
    assert "30" in browser.get("/leaving/").content.decode()
    assert "密码不对" in browser.post("/leaving/", {**said, "password": "wrong"}).content.decode()
    assert "不一致" in browser.post("/leaving/", {**said, "typed_name": "别家"}).content.decode()
    assert browser.post("/leaving/", said).status_code == 302

    with in_public():
        tenant = Tenant.objects.get(slug="north")
        assert (tenant.state, tenant.delete_after) == (State.LEAVING, THE_DAY)
    assert signed_in(north_room.wei.user, north_room.host).get("/leaving/").status_code == 403


def test_while_it_leaves_all_is_read_nothing_is_written_and_what_was_typed_is_shown(north_room: Workroom) -> None:
    program = Program("n-wei", north_room.host)
    browser = signed_in(north_room.director, north_room.host)
    leave(north_room)
    forget_hosts()

    page = browser.get("/clients/").content.decode()
    assert "张桂兰" in page
    assert "本机构正在退出" in page
    refused = browser.post("/clients/new/", {"name": "新来的人", "password": "never shown"})
    assert refused.status_code == 402
    assert "新来的人" in refused.content.decode()
    assert "never shown" not in refused.content.decode()
    answer = program.post("/api/v1/visits/", visit_body(north_room))
    assert (answer.status_code, answer["Content-Type"]) == (402, "application/problem+json")
    assert program.get("/api/v1/clients/").status_code == 200
    assert browser.post("/leaving/exports/new/", {"reason": "退出前备份", "password": PASSWORD}).status_code == 302


def test_a_director_changes_their_mind_and_all_goes_on(north_room: Workroom) -> None:
    leave(north_room)
    browser = signed_in(north_room.director, north_room.host)
    assert browser.post("/leaving/cancel/").status_code == 302
    forget_hosts()

    assert "本机构正在退出" not in browser.get("/").content.decode()
    with in_public():
        assert Tenant.objects.get(slug="north").state == State.ACTIVE
        assert Leaving.objects.get().cancelled_by == north_room.director.ref
    assert leave(north_room).pk


def test_tasks_that_read_run_while_it_leaves_and_others_do_not(north_room: Workroom) -> None:
    leave(north_room)
    with in_public():
        with pytest.raises(TenantRefused):
            active_tenant("north")
        assert active_tenant("north", leaving_too=True).slug == "north"
    assert "north" not in {tenant.slug for tenant in each_tenant()}
    assert "north" in {tenant.slug for tenant in each_tenant(leaving_too=True)}


def test_it_leaves_once_and_only_an_agency_that_works_leaves(north_room: Workroom) -> None:
    leave(north_room)
    with pytest.raises(departure.CannotLeave):
        leave(north_room)
    with in_public():
        with pytest.raises(agencies.CannotChangeState):
            agencies.suspend(tenant=north_room.tenant, reason="欠费", by=None)
        agencies.restore(tenant=north_room.tenant, by=None)
        with pytest.raises(departure.CannotLeave):
            departure.cancel(tenant=north_room.tenant, by=None)


def test_deletion_waits_for_its_day_and_takes_two_people(north_room: Workroom) -> None:
    leave(north_room)
    with in_public():
        one, two = operators()
        tenant, name = north_room.tenant, north_room.tenant.name

        def refused(kind: type[Refused], step: str, by: User, day: dt.date = THE_DAY, typed: str = name) -> None:
            with pytest.raises(kind):
                getattr(departure, step)(tenant=tenant, typed_name=typed, today=day, by=by)

        refused(departure.CannotLeave, "propose_deletion", one, THE_DAY - dt.timedelta(days=1))
        refused(departure.WrongName, "propose_deletion", one, typed="别家")
        refused(departure.CannotLeave, "confirm_deletion", two)
        departure.propose_deletion(tenant=tenant, typed_name=name, today=THE_DAY, by=one)
        refused(departure.OnePersonTwice, "confirm_deletion", one)
        refused(departure.OnePersonTwice, "confirm_deletion", officer("op-three", "operator", name="op-one"))
        refused(departure.WrongName, "confirm_deletion", two, typed="别家")
        departure.confirm_deletion(tenant=tenant, typed_name=name, today=THE_DAY, by=two)
        assert tenant.state == State.DELETED
        refused(departure.CannotLeave, "confirm_deletion", two)
        with pytest.raises(departure.CannotLeave):
            departure.cancel(tenant=tenant, by=None)


def test_the_operators_pages_lead_through_both_steps(north_room: Workroom) -> None:
    leave(north_room)
    with in_public():
        Leaving.objects.update(delete_after=TODAY)
        Tenant.objects.filter(slug="north").update(delete_after=TODAY)
        one, two = operators()
    first, second = signed_in(one), signed_in(two)
    typed = {"typed_name": north_room.tenant.name}

    assert first.post("/agencies/north/propose-deletion/", typed).status_code == 302
    assert "confirm-deletion" not in first.get("/agencies/north/").content.decode()
    assert "confirm-deletion" in second.get("/agencies/north/").content.decode()
    assert "另一名" in first.post("/agencies/north/confirm-deletion/", typed).content.decode()
    assert second.post("/agencies/north/confirm-deletion/", typed).status_code == 302
    with in_public():
        assert Tenant.objects.get(slug="north").state == State.DELETED
    HostMiddleware.known.clear()
    assert signed_in(None, north_room.host).get("/").status_code == 404


def test_the_director_knows_the_certificates_address_from_the_first_day(north_room: Workroom) -> None:
    made = leave(north_room)
    page = signed_in(north_room.director, north_room.host).get("/leaving/").content.decode()
    assert f"/certificates/{made.address}/" in page
    waits = signed_in(None).get(f"/certificates/{made.address}/")
    assert waits.status_code == 200
    assert "还没有删除" in waits.content.decode()
    assert signed_in(None).get(f"/certificates/{made.address}/pdf/").status_code == 404
    with in_public():
        departure.cancel(tenant=north_room.tenant, by=None)
    assert signed_in(None).get(f"/certificates/{made.address}/").status_code == 404


def test_an_operator_may_begin_it_too(north_room: Workroom) -> None:
    with in_public():
        one, _two = operators()
    browser = signed_in(one)
    asked = {"typed_name": north_room.tenant.name, "reason": "机构注销"}
    assert browser.post("/agencies/north/ask-to-delete/", asked).status_code == 302
    with in_public():
        assert Leaving.objects.get().asked_by == one.ref
