"""When a published score can be appealed, who answers, and what an upheld appeal must do. Pure."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from contracts.models import Appeal
from contracts.rules import lost_points_problems, words_problems

MOST_FILES: Final = 5


def effects_of(*, is_veto: bool, by_hand: bool) -> tuple[Appeal.Effect, ...]:
    """Return what an upheld appeal can do to such a line."""
    if is_veto:
        return (Appeal.Effect.LIFTED,)
    return (Appeal.Effect.POINTS, Appeal.Effect.MARKED if by_hand else Appeal.Effect.CORRECTED)


def too_many() -> str:
    """Return the sentence for more photos and papers than an appeal takes."""
    return _("最多附 %(n)d 份照片或文件，请挑选后再上传。") % {"n": MOST_FILES}


def sheet_appeal_problems(
    *, now: dt.datetime, until: dt.datetime | None, is_newest: bool, is_repeated: bool, points: Decimal | None,
    full: Decimal, reason: str,
) -> list[str]:  # fmt: skip
    """Return why a line of a published score cannot be appealed. At `until` it is too late; `now` is the database's."""
    if not is_newest:
        return [_("这一版得分已被更正，请在最新一版上申诉。")]
    if until is None:
        return [_("评估方案没有为公布的得分规定申诉期。")]
    if now >= until:
        return [_("申诉期已过。")]
    if is_repeated:
        return [_("这一项已经申诉过，得分没有更正，不能再次申诉。")]
    return lost_points_problems(points, full) + words_problems(reason)


def answerer_problems(*, by: int, appellant: int | None, markers: Collection[int]) -> list[str]:
    """Return why this person cannot answer: whoever appealed or gave the mark in question has a part in it."""
    if by == appellant:
        return [_("不能答复自己提出的申诉，请由另一人答复。")]
    if by in markers:
        return [_("这一项的分是您评的，申诉请由另一人答复。")]
    return []


def effect_problems(*, effect: str, is_veto: bool, by_hand: bool, before: Decimal, now: Decimal) -> list[str]:
    """Return why an upheld appeal cannot have this effect. `before` are the points appealed, `now` those of the line.

    What is said to have been done already (marked anew, data corrected) must show in the points.
    """
    if not effect:
        return [_("申诉成立的，须写明对得分的影响。")]
    if (effect == Appeal.Effect.LIFTED) != is_veto:
        return [_("撤销认定只用于一票否决；其他项目请改定得分，或在重新评分、更正数据之后选择相应的影响。")]
    if effect == Appeal.Effect.MARKED and not by_hand:
        return [_("这一项由数据计算，没有评分可改；请改定得分，或在数据更正后答复。")]
    if effect == Appeal.Effect.CORRECTED and by_hand:
        return [_("这一项由人工评分，没有数据可更正；请改定得分，或在重新评分后答复。")]
    if effect in (Appeal.Effect.MARKED, Appeal.Effect.CORRECTED) and now <= before:
        return [_("这一项现在仍是 %(points)s 分，没有高于申诉时的得分，还看不到影响。") % {"points": now}]
    return []
