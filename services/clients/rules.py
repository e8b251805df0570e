"""What a client's file may say. Pure: today comes in as an argument."""

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from common.texts.names import name_problems


def client_problems(
    *,
    name: str,
    birth_on: dt.date | None,
    id_birth_on: dt.date | None,
    gender: str,
    id_gender: str,
    opened_on: dt.date,
    today: dt.date,
) -> dict[str, list[str]]:
    """Return what is wrong, by field name; an empty dict if the file can be kept."""
    problems: dict[str, list[str]] = {}
    if wrong := name_problems(name):
        problems["name"] = wrong
    if birth_on and birth_on > today:
        problems["birth_on"] = [_("出生日期不能在今天之后。")]
    elif birth_on and id_birth_on and birth_on != id_birth_on:
        problems["birth_on"] = [_("出生日期与身份证号不一致。")]
    if gender and id_gender and gender != id_gender:
        problems["gender"] = [_("性别与身份证号不一致。")]
    if opened_on > today:
        problems["opened_on"] = [_("建档日期不能在今天之后。")]
    return problems


def category_problems(
    *,
    code: str,
    known: Collection[str],
    from_on: dt.date,
    to_on: dt.date | None,
    spans: Collection[tuple[dt.date, dt.date | None]],
) -> list[str]:
    """Return why a category cannot be noted; `spans` are the days this client already has it."""
    problems = []
    if code not in known:
        problems.append(_("目录里没有这个类别。"))
    if to_on and to_on < from_on:
        problems.append(_("结束日期不能早于开始日期。"))
    last = dt.date.max
    if any(start <= (to_on or last) and from_on <= (end or last) for start, end in spans):
        problems.append(_("这段时间已登记过同一类别。"))
    return problems
