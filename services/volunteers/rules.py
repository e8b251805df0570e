"""What may be said of volunteers' hours. Pure."""

import datetime as dt

from django.utils.translation import gettext as _

LONGEST_MINUTES = 1440


def hours_problems(
    *, served_on: dt.date, minutes: int, minutes_that_day: int, registered_on: dt.date, today: dt.date
) -> dict[str, list[str]]:
    """Return what is wrong, by field name: the future, before registration, or more than a day has."""
    problems: dict[str, list[str]] = {}
    if served_on > today:
        problems["served_on"] = [_("服务日期不能在今天之后。")]
    elif served_on < registered_on:
        problems["served_on"] = [_("服务日期早于登记日期 %(day)s。") % {"day": registered_on}]
    if not 1 <= minutes <= LONGEST_MINUTES:
        problems["minutes"] = [_("时长应在 1 至 %(n)d 分钟之间。") % {"n": LONGEST_MINUTES}]
    elif minutes + minutes_that_day > LONGEST_MINUTES:
        problems["minutes"] = [_("这一天登记的时长合计超过了 24 小时。")]
    return problems
