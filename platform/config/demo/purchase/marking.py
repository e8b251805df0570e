"""Marks by hand: two rounds of the evaluator, the purchaser's own, some withdrawn, with cases and photos."""

import datetime as dt
import io
from decimal import Decimal
from typing import Final

from PIL import Image, ImageDraw

from accounts.models import User
from common.files.proofs import Proof, take_in
from config.demo.cast import SHOWN_DISTRICT
from config.demo.dice import Dice
from config.demo.plan import Post
from config.demo.purchase.buying import HALF_YEAR_DAYS, PROGRAMME
from contracts.marks.actions import give_mark, review_mark, withdraw_mark
from contracts.marks.rules import FoundCase, has_cases
from contracts.models import Contract, Mark, MarkCase
from programmes import door as programmes
from programmes.shapes import Indicator

REASONS_FULL: Final = ("查阅材料齐全，执行到位。", "访谈反馈良好，记录可查。", "实地查看符合要求。")
REASONS_GOOD: Final = ("执行较好，个别材料待补齐。", "访谈反馈较好，有一处记录不全。", "实地查看基本符合，细节需完善。")
REASONS_POOR: Final = ("材料缺项，执行记录不完整。", "访谈反馈一般，需改进。", "与要求有差距，限期整改。")
REASON_BONUS: Final = "查到区级以上媒体报道，附有链接与日期。"
REASON_NO_BONUS: Final = "评估期内没有可以加分的报道。"
CASES: Final = {"deduction": "材料迟交或缺项一次", "bonus": "区级媒体报道一篇"}
VETOED: Final = 70  # the contract, in the order of signing, at which a veto was found
Round = list[tuple[Mark, list[FoundCase]]]


def mark_all(signed: list[tuple[Post, Contract]], today: dt.date, evaluator: User, officer: User) -> None:
    """Let the evaluator mark twice, at half the year and lately; a few stations wait for their second round.

    In the officer's district the purchaser looks too; one mark is withdrawn by its author, one by a review.
    """
    marks: Round = []
    for post, contract in signed:
        half = contract.starts_on + dt.timedelta(days=HALF_YEAR_DAYS)
        dice = Dice(f"marks {post.code}")
        marks += _round(dice, post, contract, half, evaluator, share=1.0, gain=-0.03)
        if dice.chance(0.94):
            lately = today - dt.timedelta(days=dice.between(3, 25))
            marks += _round(dice, post, contract, lately, evaluator, share=0.7, gain=0.02)
    Mark.objects.bulk_create(mark for mark, _ in marks)
    MarkCase.objects.bulk_create(
        MarkCase(mark=mark, day=case.day, text=case.text, points=case.points) for mark, cases in marks for case in cases
    )
    _find_veto(signed[VETOED][1], today, evaluator)
    _look_too([contract for _, contract in signed if contract.district == SHOWN_DISTRICT], today, evaluator, officer)


def _find_veto(contract: Contract, today: dt.date, by: User) -> None:
    reason = "抽查发现三条走访记录无法核实，已责令整改。"
    give_mark(contract=contract, code="V1", points=None, reason=reason, party="evaluator", today=today, by=by)


def _look_too(contracts: list[Contract], today: dt.date, evaluator: User, officer: User) -> None:
    """Give the purchaser's marks beside the evaluator's, with photos; one is withdrawn, and one of another reviewed."""
    first, second, third = contracts[:3]
    visited = today - dt.timedelta(days=2)
    for contract, reason in ((first, "查看活动室和公示栏，制度上墙。"), (second, "查看时两项制度未更新。")):
        give_mark(
            contract=contract, code="A3.1", points=Decimal("1.5"), reason=reason, party="purchaser", today=today,
            visited_on=visited, shown=[_photo("notice board"), _photo("activity room")], by=officer,
        )  # fmt: skip
    mistaken = give_mark(
        contract=third, code="D2.1", points=Decimal("0.5"), reason="街道反馈意见较多。", party="purchaser", today=today,
        visited_on=visited, by=officer,
    )  # fmt: skip
    withdraw_mark(mark=mistaken, reason="看的是另一个站点的反馈表，记错了。", by=officer)
    doubted = give_mark(
        contract=third, code="A3.2", points=Decimal(1), reason="两次人员变动没有备案。", party="evaluator", today=today,
        visited_on=visited, by=evaluator, cases=[
            FoundCase(visited - dt.timedelta(days=80), "一名社工离岗未备案", Decimal("0.5")),
            FoundCase(visited - dt.timedelta(days=31), "一名社工到岗未备案", Decimal("0.5")),
        ],
    )  # fmt: skip
    review_mark(mark=doubted, reason="街道存有两次备案的回执，情况不属实，请重新评分。", by=officer)


def _photo(words: str) -> Proof:
    """Return a small drawn picture, taken in as any photo is."""
    picture = Image.new("RGB", (320, 240), "#dfe9e6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 50, 280, 190), outline="#0b6b62", width=4)
    draw.text((60, 110), f"sample: {words}", fill="#24403c")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return take_in(out.getvalue())


def _round(dice: Dice, post: Post, contract: Contract, dated: dt.date, by: User, *, share: float, gain: float) -> Round:
    """Return marks for that share of the rules that are marked by hand, about as good as the station's work is."""
    marks: Round = []
    for rule in programmes.programme(PROGRAMME).leaves:
        if not rule.by_hand or not dice.chance(share):
            continue
        worth = min(max(post.quality + gain + dice.random.gauss(0, 0.09), 0.0), 1.0)
        points = round(rule.max_score * Decimal(str(worth)) * 2) / Decimal(2)
        if rule.method == "all_or_nothing":
            points = rule.max_score if worth > 0.55 else Decimal(0)
        elif rule.method == "bonus":
            points = Decimal(dice.between(0, 3)) / 2 if worth > 0.8 else Decimal(0)
        reason = dice.one_of(_reasons(points, rule.max_score))
        if rule.method == "bonus":
            reason = REASON_BONUS if points else REASON_NO_BONUS
        mark = Mark(
            ref=dice.ref(), contract=contract, code=rule.code, points=points, reason=reason, dated=dated, by=by,
            party="evaluator", visited_on=dated,
        )  # fmt: skip
        marks.append((mark, _cases(rule, points, dated)))
    return marks


def _cases(rule: Indicator, points: Decimal, dated: dt.date) -> list[FoundCase]:
    """Return cases of at most a point each that add up to what was taken or given."""
    if not has_cases(rule):
        return []
    owed = points if rule.method == "bonus" else rule.max_score - points
    cases: list[FoundCase] = []
    while owed > 0:
        part = min(owed, Decimal(1))
        cases.append(FoundCase(dated - dt.timedelta(days=17 * len(cases) + 5), CASES[rule.method], part))
        owed -= part
    return cases


def _reasons(points: Decimal, full: Decimal) -> tuple[str, ...]:
    """Return the reasons that fit a mark: nothing is missing where all points were given, something where some were."""
    if points == full:
        return REASONS_FULL
    return REASONS_GOOD if points >= full * Decimal("0.7") else REASONS_POOR
