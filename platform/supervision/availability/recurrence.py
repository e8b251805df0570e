"""Repeating times: a careful part of RFC 5545. Text and moments in, moments and words out; no clock, no database.

A rule is FREQ=DAILY|WEEKLY|MONTHLY with INTERVAL, BYDAY, and COUNT or UNTIL. Occurrences keep their Shanghai clock
time. Rules that name seconds, or never match, are refused: they could keep a process busy for ever.
"""

import datetime as dt
import re
from itertools import takewhile

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from common.dates import SHANGHAI
from common.refusals import Refused

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PART = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY",
    "INTERVAL": r"[1-9]|[1-4]\d|5[0-2]",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": r"([1-4]|-1)?(MO|TU|WE|TH|FR|SA|SU)(,([1-4]|-1)?(MO|TU|WE|TH|FR|SA|SU)){0,6}",
}
Span = tuple[dt.datetime, dt.datetime]


class CannotRepeat(Refused):
    """The rule is not one we understand."""


def parsed(rule: str) -> dict[str, str]:
    """Return the parts of a rule: "RRULE:FREQ=WEEKLY;BYDAY=MO" -> {"FREQ": "WEEKLY", "BYDAY": "MO"}.

    :raises CannotRepeat: for anything but the parts above, each once.
    """
    pairs = [piece.partition("=") for piece in rule.strip().upper().removeprefix("RRULE:").split(";") if piece]
    parts = {name: value for name, _equals, value in pairs}
    if len(parts) != len(pairs) or "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
        raise CannotRepeat(_("重复规则须写明 FREQ，各部分只写一次，COUNT 与 UNTIL 不能同时出现。"))
    for name, value in parts.items():
        if name not in PART or not re.fullmatch(PART[name], value):
            raise CannotRepeat(_("看不懂重复规则中的“%(part)s”。") % {"part": f"{name}={value}"[:40]})
    if parts["FREQ"] != "MONTHLY" and re.search(r"\d", parts.get("BYDAY", "")):
        raise CannotRepeat(_("只有按月重复才能写第几个星期几。"))
    return parts


def normal(rule: str) -> str:
    """Return a rule as it is stored, '' for none: UNTIL as a moment in UTC, a plain day meaning to its end.

    :raises CannotRepeat: as `parsed`, or if UNTIL is no day of the calendar.
    """
    if not rule.strip():
        return ""
    parts = parsed(rule)
    if until := parts.get("UNTIL"):
        parts["UNTIL"] = f"{_until(until).astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={parts[name]}" for name in PART if name in parts)


def _until(text: str) -> dt.datetime:
    try:
        if len(text) == 8:
            return dt.datetime.strptime(f"{text}T235959", "%Y%m%dT%H%M%S").replace(tzinfo=SHANGHAI)
        zone = dt.UTC if text.endswith("Z") else SHANGHAI
        return dt.datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    except (ValueError, OverflowError):
        raise CannotRepeat(_("重复规则的截止日期不存在。")) from None


def occurrences(
    starts_at: dt.datetime, ends_at: dt.datetime, rule: str, *, after: dt.datetime, before: dt.datetime
) -> list[Span]:
    """Return the (start, end) moments of a time that end after `after` and start before `before`, in order.

    `rule` is as `normal` returns it. Every occurrence lasts as long as the first, at the same Shanghai clock time.
    """
    length = ends_at - starts_at
    if not rule:
        starts = [starts_at]
    else:
        first = starts_at.astimezone(SHANGHAI)
        starts = list(takewhile(lambda start: start < before, rrulestr(rule, dtstart=first)))
    return [(start, start + length) for start in starts if start + length > after and start < before]


def in_words(rule: str, starts_at: dt.datetime) -> str:
    """Return a rule as a person would say it: 每周一、周三，到 2027-01-31."""
    if not rule:
        return _("仅一次")
    parts = parsed(rule)
    interval = int(parts.get("INTERVAL", "1"))
    said = _frequency(parts["FREQ"], interval)
    if days := parts.get("BYDAY"):
        said += "：" + "、".join(_day(code) for code in days.split(","))
    elif parts["FREQ"] == "WEEKLY":
        said += "：" + day_name(starts_at.astimezone(SHANGHAI).weekday())
    if "COUNT" in parts:
        said += "，" + _("共 %(n)s 次") % {"n": parts["COUNT"]}
    if "UNTIL" in parts:
        said += "，" + _("到 %(day)s") % {"day": f"{_until(parts['UNTIL']).astimezone(SHANGHAI):%Y-%m-%d}"}
    return said


def _frequency(name: str, interval: int) -> str:
    if interval == 1:
        return {"DAILY": _("每天"), "WEEKLY": _("每周"), "MONTHLY": _("每月")}[name]
    unit = {"DAILY": _("每 %(n)s 天"), "WEEKLY": _("每 %(n)s 周"), "MONTHLY": _("每 %(n)s 个月")}[name]
    return unit % {"n": interval}


def _day(code: str) -> str:
    name, place = day_name(DAYS.index(code[-2:])), code[:-2]
    if not place:
        return name
    return (
        _("最后一个%(day)s") % {"day": name} if place == "-1" else _("第 %(n)s 个%(day)s") % {"n": place, "day": name}
    )


def day_name(weekday: int) -> str:
    """Return 周一 for 0 up to 周日 for 6."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[weekday]
