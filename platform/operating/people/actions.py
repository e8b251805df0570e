"""People of the shared floor: officers, supervisors, evaluators, operators. Who they are and what they may do there."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, FloorRole, User
from accounts.roles import BY_SLUG, SHARED_ROLES
from audit import log
from common.refusals import Conflict, RefusedFields
from directory import door as directory

# Two operators answer for each other's looks and deletions: one may not make the other. The command line does.
BY_COMMAND_ONLY = frozenset({"operator"})
WITH_AREA = frozenset({"district_officer", "city_officer", "evaluator"})


class CannotGive(RefusedFields):
    """The login, the role or its area cannot be; the reasons stand beside the fields."""


class LastOperator(Conflict):
    """Without an operator nobody could make anybody anything."""


@transaction.atomic
def give_role(
    *, username: str, name: str, password: str, role: str, area: str = "", by: User | None, by_command: bool = False
) -> FloorRole:
    """Give a person a role on the shared floor, with a login if the username is new. Again: the same role.

    :param area: a division code, for roles that reach one ("370102"); '' for the others.
    :raises CannotGive: for a weak or missing password of a new login, a role only the command line gives, or an area
        that is missing, unknown, or for a role that has none.
    """
    problems: dict[str, list[str]] = {}
    if role not in {shared.slug for shared in SHARED_ROLES} or (role in BY_COMMAND_ONLY and not by_command):
        problems["role"] = [_("这个角色不能在这里给。")]
    if (role in WITH_AREA) != bool(area):
        problems["area"] = [_("请填写辖区的区划代码。") if role in WITH_AREA else _("这个角色没有辖区，请留空。")]
    elif area and not directory.regions([area]):
        problems["area"] = [_("没有这个区划代码：%(code)s") % {"code": area}]
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        problems |= _weak(username, name, password)
    if problems:
        raise CannotGive(problems)
    user = user or User.objects.create_user(username, password, name=name)
    floor_role, _made = FloorRole.objects.get_or_create(user=user, role=role, area=area)
    log.write("operating.floorrole.given", on=user, by=by, role=role, area=area)
    return floor_role


@transaction.atomic
def take_role(*, floor_role: FloorRole, by: User) -> None:
    """Take a role away at once; the person's tokens of the shared host end.

    :raises LastOperator: for the last operator's.
    """
    # Read, not counted: a COUNT takes no lock. Of two operators who take each other's role at once, one is left.
    operators = list(FloorRole.objects.select_for_update().filter(role="operator").order_by("pk"))
    if floor_role.role == "operator" and len(operators) < 2:
        raise LastOperator(_("至少要留一名平台运营人员。"))
    log.write("operating.floorrole.taken", on=floor_role.user, by=by, role=floor_role.role, area=floor_role.area)
    ApiToken.objects.filter(user=floor_role.user, tenant="").delete()
    floor_role.delete()


def title_of(role: str) -> str:
    """Return what a role is called; a role that is no longer there is called by its slug."""
    return str(BY_SLUG[role].title) if role in BY_SLUG else role


def _weak(username: str, name: str, password: str) -> dict[str, list[str]]:
    if not password:
        return {"password": [_("这是新账号，请设置初始密码。")]}
    try:
        validate_password(password, User(username=username, name=name))
    except ValidationError as weak:
        return {"password": weak.messages}
    return {}
