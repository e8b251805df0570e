"""Members are closed and brought back from their list; what cannot be is said there as a refusal."""

from accounts.models import User
from tenants.models import Membership
from tenants.running import in_public
from tests.cast import PASSWORD, signed_in
from tests.workroom import Workroom


def closed_member(room: Workroom, roles: list[str]) -> Membership:
    with in_public():
        user = User.objects.create_user("gone", PASSWORD, name="离开的人")
        return Membership.objects.create(user=user, tenant=room.tenant, roles=roles, is_active=False)


def test_a_closed_member_is_brought_back(north_room: Workroom) -> None:
    member = closed_member(north_room, ["worker"])
    browser = signed_in(north_room.director, north_room.host)

    page = browser.post(f"/members/{member.ref}/reopen/", follow=True).content.decode()

    assert "成员已恢复" in page
    with in_public():
        member.refresh_from_db()
    assert member.is_active


def test_a_member_whose_role_is_no_more_is_not_brought_back_and_that_is_said(north_room: Workroom) -> None:
    member = closed_member(north_room, ["no_such_role"])
    browser = signed_in(north_room.director, north_room.host)

    page = browser.post(f"/members/{member.ref}/reopen/", follow=True).content.decode()

    assert "请选择机构内的角色" in page
    assert "成员已恢复" not in page
    with in_public():
        member.refresh_from_db()
    assert not member.is_active


def test_the_last_director_stays_and_that_is_said(north_room: Workroom) -> None:
    with in_public():
        own = Membership.objects.get(user=north_room.director, tenant=north_room.tenant)
        Membership.objects.filter(tenant=north_room.tenant, roles__contains=["agency_director"]).exclude(
            pk=own.pk
        ).update(is_active=False)
    browser = signed_in(north_room.director, north_room.host)

    page = browser.post(f"/members/{own.ref}/close/", follow=True).content.decode()

    assert "机构至少要有一名负责人" in page
    assert "成员已停用" not in page
