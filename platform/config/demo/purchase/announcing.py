"""Scores in every state of their publication: on notice, appealed and corrected, and final with a later correction."""

import datetime as dt
from decimal import Decimal
from typing import Final

from accounts.models import User
from config.demo.plan import Post
from config.demo.purchase.buying import buyers_of, terms_of
from contracts import actions
from contracts.appeals import actions as appeal_actions
from contracts.marks.actions import give_mark
from contracts.models import Contract
from contracts.publishing.actions import close_period, correct_sheet

HUBS: Final = "jinan-hubs"
AGENCY: Final = "quanyi"
MARKS: Final = (
    ("P3", "15.5", "抽查六个社工站，两个站缺当季指导记录。"),
    ("Q1", "16", "制度齐全，公开栏更新不及时。"),
    ("Q2", "18", "街道和居民代表评价较好。"),
)
# The line, why it is appealed, the answer, and the points it is settled at; kept where there are none.
APPEALS: Final = (
    ("P3", "两个站的指导记录在街道存档，附登记编号，评估当日未调取。", "已调取核对，两站当季记录完整。", "19"),
    ("Q1", "公开栏在维修，线上公开没有中断。", "线上公开晚了两周，维持原分。", ""),
)
SETTLED: Final = Decimal("0.5")
CORRECTION: Final = "复核半年评分时发现漏计一份已归档的材料。"


def announce_hubs(plan: list[Post], today: dt.date, officer: User, evaluator: User) -> None:
    """Sign for an agency's district hubs, whose programme gives notice, and publish their scores: of the first one
    appeals were upheld and kept and a corrected version followed; the other is on notice."""
    hubs = [post for post in plan if post.is_hub and post.agency.slug == AGENCY]
    director = User.objects.get(username=f"{AGENCY}.agency_director")
    for place, post in enumerate(hubs):
        contract = actions.sign_contract(terms=_terms(post, today), by=None)
        for code, points, reason in MARKS:
            give_mark(
                contract=contract,
                code=code,
                points=Decimal(points),
                reason=reason,
                today=today,
                party="evaluator",
                by=evaluator,
            )
        close_period(contract=contract, as_of=today, today=today, accept_missing=True, by=officer)
        if place == 0:
            _appeal_and_correct(contract, officer, director)


def _terms(post: Post, today: dt.date) -> actions.Terms:
    return terms_of(
        post,
        buyers_of(post),
        today,
        programme=HUBS,
        title=f"{post.division.name}社会工作总站项目",
        deliverables={"joint_meetings": Decimal(10), "trainings": Decimal(8)},
    )


def _appeal_and_correct(contract: Contract, officer: User, director: User) -> None:
    sheet = contract.sheets.get()
    for code, reason, answer, points in APPEALS:
        appeal = appeal_actions.appeal_sheet(sheet=sheet, code=code, reason=reason, by=director)
        appeal_actions.answer_appeal(
            appeal=appeal,
            is_accepted=bool(points),
            answer=answer,
            effect="points" if points else "",
            points=Decimal(points) if points else None,
            clause=contract.edition.by_code[code].clause,
            by=officer,
        )
    correct_sheet(sheet=sheet, reason="载入公示期内的申诉及其结论。", accept_missing=True, by=officer)


def correct_half_year(signed: list[tuple[Post, Contract]], district: str, officer: User) -> None:
    """Correct one published half-year of the officer's district: half a point more in a line marked by hand."""
    for _post, contract in signed:
        sheet = contract.sheets.first()
        if contract.district != district or sheet is None:
            continue
        lines = {line["code"]: line for line in sheet.lines}
        for rule in contract.edition.leaves:
            points = Decimal(lines[rule.code]["score"]) + SETTLED
            if rule.method == "marked_by_hand" and points <= rule.max_score:
                decision = (rule.code, points, rule.clause)
                correct_sheet(sheet=sheet, reason=CORRECTION, decision=decision, accept_missing=True, by=officer)
                return
