"""Purchasers, landing parties and other bodies that contracts name: added, corrected, closed, opened again."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common import clock
from common.refusals import Conflict, RefusedFields
from common.texts.credit_code import credit_code
from directory.models import Organisation, Region

Kind = Organisation.Kind
LONGEST_NAME = 100
# A bureau buys for a district, a city or a province; a street or town takes a station in.
LEVELS = {
    Kind.BUREAU: (Region.Level.PROVINCE, Region.Level.CITY, Region.Level.DISTRICT),
    Kind.STREET: (Region.Level.STREET,),
}


class CannotKeep(RefusedFields):
    """The organisation breaks a rule; the reasons stand beside their fields."""


class StandsAlready(Conflict):
    """It is closed already, or open already."""


@dataclass(frozen=True)
class Said:
    """What is written of an organisation. `area` is a division's code, `credit_code` may be ''."""

    name: str
    kind: str
    area: str
    credit_code: str = ""


@transaction.atomic
def add(*, said: Said, by: User | None) -> Organisation:
    """Write an organisation down; officers of its area can name it in contracts from now on.

    :raises CannotKeep: for a name or credit code that is taken, or an area that does not fit its kind.
    """
    made = _kept(Organisation(), said)
    log.write("directory.organisation.added", on=made, by=by, kind=made.kind, area=made.area)
    return made


@transaction.atomic
def correct(*, organisation: Organisation, said: Said, by: User | None) -> Organisation:
    """Write an organisation anew; contracts keep the name they were signed with.

    :raises CannotKeep: as `add`.
    """
    kept = _kept(Organisation.objects.select_for_update().get(pk=organisation.pk), said)
    log.write("directory.organisation.corrected", on=kept, by=by, kind=kept.kind, area=kept.area)
    return kept


@transaction.atomic
def close(*, organisation: Organisation, by: User | None) -> None:
    """Offer an organisation for no new contract.

    :raises StandsAlready: if it is closed.
    """
    if not Organisation.objects.open().filter(pk=organisation.pk).update(closed_on=clock.today()):
        raise StandsAlready(_("这个单位已经停用。"))
    log.write("directory.organisation.closed", on=organisation, by=by)


@transaction.atomic
def reopen(*, organisation: Organisation, by: User | None) -> None:
    """Offer a closed organisation again.

    :raises StandsAlready: if it is open.
    """
    closed = Organisation.objects.filter(pk=organisation.pk, closed_on__isnull=False)
    if not closed.update(closed_on=None):
        raise StandsAlready(_("这个单位没有停用。"))
    log.write("directory.organisation.reopened", on=organisation, by=by)


def _kept(row: Organisation, said: Said) -> Organisation:
    name, code = " ".join(said.name.split()), ""
    problems: dict[str, list[str]] = {}
    if not 2 <= len(name) <= LONGEST_NAME:
        problems["name"] = [_("请写 2 至 %(n)d 个字的名称。") % {"n": LONGEST_NAME}]
    if said.kind not in Kind.values:
        problems["kind"] = [_("请选择类别。")]
    if wrong := _area_problem(said):
        problems["area"] = [wrong]
    if said.credit_code.strip():
        try:
            code = credit_code(said.credit_code)
        except ValueError as refusal:
            problems["credit_code"] = [str(refusal)]
    if problems:
        raise CannotKeep(problems)
    row.name, row.kind, row.area, row.credit_code = name, said.kind, said.area, code
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:
        if "organisation_credit_code" in str(clash):
            raise CannotKeep({"credit_code": [_("这个统一社会信用代码已登记给另一个单位。")]}) from None
        raise CannotKeep({"name": [_("这个名称已有单位使用。")]}) from None
    return row


def _area_problem(said: Said) -> str:
    region = Region.objects.filter(code=said.area).first()
    if region is None:
        return _("没有这个区划代码：%(code)s") % {"code": said.area}
    levels = LEVELS.get(said.kind)  # type: ignore[call-overload]  # a kind that is none has no levels
    if levels and region.level not in levels:
        return _("民政部门请选省、市或区县。") if said.kind == Kind.BUREAU else _("街道乡镇请选到街道或乡镇。")
    return ""
