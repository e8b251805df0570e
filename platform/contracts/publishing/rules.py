"""What a programme says about publishing, and when a score may be published, corrected and confirmed. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from common.dates import SHANGHAI, Period
from programmes.shapes import CHOICES, Choice, Programme, Provision

PUBLIC_VIEWS: Final = CHOICES["public_view"]
ONE_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Publication:
    """A programme's rules of publishing: notice and appeals in days (None: none), what the public sees (PUBLIC_VIEWS),
    and whether live scores may be appealed. A programme that says nothing gives no notice and shows nothing."""

    notice_days: Provision | None = None
    appeal_days: Provision | None = None
    public_view: Choice | None = None
    appeals_against: Choice | None = None

    @property
    def gives_notice(self) -> bool:
        return bool(self.notice_days or self.appeal_days)

    @property
    def live_appeals(self) -> bool:
        return self.appeals_against is None or self.appeals_against.choice == "any"

    def shows(self, what: str) -> bool:
        """Tell whether the public sees `what`, one of PUBLIC_VIEWS: each shows what those before it show."""
        level = self.public_view.choice if self.public_view else PUBLIC_VIEWS[0]
        return PUBLIC_VIEWS.index(level) >= PUBLIC_VIEWS.index(what)


def publication_of(programme: Programme) -> Publication:
    """Return what this edition says about publishing."""
    numbers = {row.code: row for row in programme.publication}
    words = {row.code: row for row in programme.choices}
    return Publication(
        numbers.get("notice_days"),
        numbers.get("appeal_days"),
        words.get("public_view"),
        words.get("appeals_against"),
    )


def ends_at(announced_on: dt.date, days: Provision, is_worked: Callable[[dt.date], bool]) -> dt.datetime:
    """Return the moment a stretch of days ends that begins the day after `announced_on`: the midnight after its last
    day, in Shanghai. What happens before that moment is in time; at that moment it is late."""
    last, left = announced_on, int(days.value)
    while left > 0:
        last += ONE_DAY
        left -= 1 if days.unit == "天" or is_worked(last) else 0
    return dt.datetime.combine(last + ONE_DAY, dt.time(), SHANGHAI)


def publishing_problems(
    *, as_of: dt.date, today: dt.date, period: Period, published: Sequence[dt.date], appealed: Sequence[str],
    unsettled: Sequence[str], unmarked: Sequence[str], unrecorded: Sequence[str], accept_missing: bool,
) -> list[str]:  # fmt: skip
    """Return why the score of `as_of` cannot be published yet. Rules without records count 0 if that is accepted."""
    problems = []
    if as_of > today:
        problems.append(_("评分截止日不能晚于今天。"))
    if as_of not in period:
        problems.append(_("评分截止日须在合同期内。"))
    if published and as_of <= max(published):
        words = _("%(day)s 的得分已经公布，新的截止日须在其后；要改已公布的得分，请发布更正。")
        problems.append(words % {"day": max(published)})
    return problems + _missing(appealed, unsettled, unmarked, unrecorded, accept_missing)


def correction_problems(
    *, is_newest: bool, has_news: bool, appealed: Sequence[str], unsettled: Sequence[str], unmarked: Sequence[str],
    unrecorded: Sequence[str], accept_missing: bool,
) -> list[str]:  # fmt: skip
    """Return why a published score cannot be corrected like this: only the newest version is, and by something new."""
    if not is_newest:
        return [_("这一版已经被更正过，请打开最新一版。")]
    problems = [] if has_news else [_("重新计算的得分与这一版相同，也没有新的申诉结论，不用更正。")]
    return problems + _missing(appealed, unsettled, unmarked, unrecorded, accept_missing)


def _missing(
    appealed: Sequence[str],
    unsettled: Sequence[str],
    unmarked: Sequence[str],
    unrecorded: Sequence[str],
    accepted: bool,
) -> list[str]:
    problems = []
    if appealed:
        problems.append(_("还有待答复的申诉：%(titles)s。") % {"titles": "、".join(appealed)})
    if unsettled:
        words = _("申诉成立，但得分没有变：%(titles)s。请先在申诉页写明对得分的影响。")
        problems.append(words % {"titles": "、".join(unsettled)})
    if unmarked:
        problems.append(_("还有未评分的项目：%(titles)s。") % {"titles": "、".join(unmarked)})
    if unrecorded and not accepted:
        problems.append(_("这些项目没有记录，须确认按 0 分计：%(titles)s。") % {"titles": "、".join(unrecorded)})
    return problems


def confirmation_problems(
    *, now: dt.datetime, open_until: dt.datetime | None, is_newest: bool, is_confirmed: bool, appealed: Sequence[str],
    uncarried: Sequence[str],
) -> list[str]:  # fmt: skip
    """Return why a score on notice is not final yet: its days run, an appeal waits, or its outcome is not in it."""
    if not is_newest:
        return [_("这一版已经被更正过，请打开最新一版。")]
    if open_until is None or is_confirmed:
        return [_("这份得分已经定稿。")]
    problems = []
    if now < open_until:
        last = (open_until - ONE_DAY).astimezone(SHANGHAI).date()
        problems.append(_("公示和申诉到 %(day)s 为止，期满后才能定稿。") % {"day": last})
    if appealed:
        problems.append(_("还有待答复的申诉：%(titles)s。") % {"titles": "、".join(appealed)})
    if uncarried:
        words = _("这些申诉的结论还没有写进得分：%(titles)s。请先发布更正，再定稿。")
        problems.append(words % {"titles": "、".join(uncarried)})
    return problems
