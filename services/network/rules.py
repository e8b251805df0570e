"""What a site tree may look like. Pure."""

import datetime as dt

from django.utils.translation import gettext as _

DEPTHS = {"hub": 0, "cluster": 1, "station": 2, "room": 3}


def site_problems(*, level: str, parent_level: str | None, opened_on: dt.date, today: dt.date) -> list[str]:
    """Return why a site cannot stand there: below a lower level than its own, a room alone, opened in the future."""
    problems = []
    if parent_level is None and level == "room":
        problems.append(_("社工室（点）要设在一个站点之下。"))
    if parent_level is not None and DEPTHS[parent_level] > DEPTHS[level]:
        problems.append(_("上级站点的层级不能低于本站点。"))
    if opened_on > today:
        problems.append(_("启用日期不能在今天之后。"))
    return problems


def closing_problems(*, opened_on: dt.date, closed_on: dt.date, open_children: int, posted_staff: int) -> list[str]:
    """Return why a site cannot be closed on that day."""
    problems = []
    if closed_on < opened_on:
        problems.append(_("停用日期不能早于启用日期。"))
    if open_children:
        problems.append(_("还有 %(n)d 个下级站点在用，请先停用它们。") % {"n": open_children})
    if posted_staff:
        problems.append(_("还有 %(n)d 名人员在岗，请先调离。") % {"n": posted_staff})
    return problems
