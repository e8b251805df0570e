"""What a staff file and a posting may say, and the facts they make. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Level:
    """A step of a running count on a day: +1 when it begins, -1 on the day after it ends."""

    measure: str
    on: dt.date
    step: int
    name: str


def posting_problems(
    *,
    staff_started: dt.date,
    staff_ended: dt.date | None,
    site_closed: bool,
    started_on: dt.date,
    ended_on: dt.date | None,
) -> list[str]:
    problems = []
    if site_closed:
        problems.append(_("站点已停用，不能派人。"))
    if started_on < staff_started:
        problems.append(_("到岗日期不能早于入职日期 %(day)s。") % {"day": staff_started})
    if ended_on and ended_on < started_on:
        problems.append(_("离岗日期不能早于到岗日期。"))
    if staff_ended and (ended_on is None or ended_on > staff_ended):
        problems.append(_("离岗日期不能晚于离职日期 %(day)s。") % {"day": staff_ended})
    return problems


def posting_levels(
    *, employment: str, certified_on: dt.date | None, started_on: dt.date, ended_on: dt.date | None
) -> list[Level]:
    """Return the steps one posting adds to its station's running counts of staff.

    Employed counts everybody but interns; certified counts from the day both the posting and a certificate stand.
    """
    spans = []
    if employment != "intern":
        spans.append(("staff_employed", started_on))
    if employment == "full_time":
        spans.append(("staff_fulltime", started_on))
    if certified_on is not None and employment != "intern":
        spans.append(("staff_certified", max(certified_on, started_on)))
    steps = []
    for measure, begins in spans:
        if ended_on is not None and begins > ended_on:
            continue
        steps.append(Level(measure, begins, 1, "in"))
        if ended_on is not None:
            steps.append(Level(measure, ended_on + dt.timedelta(days=1), -1, "out"))
    return steps
