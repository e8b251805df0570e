"""Tables of published scores: lists of them, and what one says line by line."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages import tones
from common.pages.table import Column, Table
from contracts.models import Appeal, ScoreSheet
from contracts.publishing.queries import state_of
from contracts.publishing.rules import Publication
from programmes.measures import MEASURES

GRADE = Column(
    "grade",
    _("等级"),
    kind="state",
    value=lambda sheet: gettext(sheet.grade_name),
    tone=lambda sheet: tones.tone_of(sheet.grade),
)


def state_column(now: dt.datetime) -> Column:
    """Return the column of how far a sheet is at this moment."""
    return Column(
        "state",
        _("状态"),
        kind="state",
        value=lambda sheet: state_of(sheet, now).label,
        tone=lambda sheet: tones.tone_of(state_of(sheet, now).value),
    )


def sheets_table(sheets: Sequence[ScoreSheet], now: dt.datetime) -> Table:
    """Return the published scores of a contract, the newest first."""
    columns = (
        Column(
            "as_of",
            _("评分截至"),
            href=lambda sheet: reverse("contracts:sheet", args=[sheet.contract.ref, sheet.ref]),
        ),
        Column("version", _("版本"), kind="number"),
        Column("total", _("得分"), kind="number"),
        GRADE,
        state_column(now),
        Column("published_at", _("公布时间")),
        Column(
            "published_by",
            _("公布人"),
            value=lambda sheet: sheet.published_by.get_full_name() if sheet.published_by else "",
        ),
    )
    return Table(columns, sheets, _("公布的得分"))


def own_columns(now: dt.datetime) -> tuple[Column, ...]:
    """Return the columns of an agency's own published scores."""
    return (
        Column(
            "contract",
            _("项目名称"),
            sort="contract__title",
            value=lambda sheet: sheet.contract.title,
            href=lambda sheet: reverse("contracts:sheet", args=[sheet.contract.ref, sheet.ref]),
        ),
        Column("as_of", _("评分截至"), sort="as_of"),
        Column("version", _("版本"), sort="version", kind="number"),
        Column("total", _("得分"), sort="total", kind="number"),
        GRADE,
        state_column(now),
        Column("appeal_until", _("申诉截止"), sort="appeal_until", value=lambda sheet: sheet.last_day_of_appeals),
        Column("published_at", _("公布时间"), sort="published_at", wide=True),
    )


def public_columns(now: dt.datetime) -> tuple[Column, ...]:
    """Return the columns of the scores that the public may see."""
    return (
        Column(
            "contract",
            _("项目名称"),
            sort="contract__title",
            value=lambda sheet: sheet.contract.title,
            href=lambda sheet: reverse("published:sheet", args=[sheet.ref]),
        ),
        Column(
            "agency", _("承接机构"), sort="contract__provider__name", value=lambda sheet: sheet.contract.provider.name
        ),
        Column("as_of", _("评分截至"), sort="as_of"),
        Column("total", _("得分"), sort="total", kind="number"),
        GRADE,
        state_column(now),
    )


def lines_table(sheet: ScoreSheet, *, shows: Publication | None, evidence: Mapping[str, str] | None = None) -> Table:
    """Return the lines of a sheet; of all that is in them, what `shows` lets the public see (None: everything).

    `evidence` are the addresses of each line's evidence by code.
    """
    rules = sheet.contract.edition.by_code
    rows = []
    for line in sheet.lines:
        rule = rules.get(line["code"])
        told: dict[str, Any] = {
            "code": line["code"],
            "title": line["title"],
            "clause": line.get("clause") or (rule.clause if rule else ""),
            "score": line["score"],
            "max_score": line["max_score"],
            "pending": line["pending"],
        }
        if shows is None or shows.shows("inputs"):
            told |= {"reason": line["reason"], "inputs": _inputs(line), "target": line["target"]}
        if shows is None:
            told |= {"mark": line["mark"], "evidence": (evidence or {}).get(line["code"], "")}
        rows.append(told)
    columns = [
        Column("title", _("项目"), template="contracts/_sheet_line.html", value=lambda line: line["title"]),
        Column("score", _("得分"), template="contracts/_sheet_points.html", value=lambda line: line["score"]),
    ]
    if shows is None or shows.shows("inputs"):
        reason = Column(
            "reason", _("数据与理由"), template="contracts/_sheet_reason.html", value=lambda line: line["reason"]
        )
        columns.append(reason)
    if evidence:
        columns.append(Column("acts", _("依据"), kind="acts", template="contracts/_sheet_evidence.html"))
    return Table(columns, rows, _("各项得分"))


def _inputs(line: Mapping[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Return (title, value, unit) of what a line read; a measure that is no more counted keeps its code."""
    found = []
    for code, value in line["inputs"].items():
        measure = MEASURES.get(code)
        found.append((measure.title if measure else code, value, measure.unit if measure else ""))
    return found


def changes_table(sheet: ScoreSheet, *, with_why: bool) -> Table:
    """Return what a correction changed; `with_why` also the reasons, which may repeat an answer's words."""
    columns = [
        Column("title", _("项目"), value=lambda change: f"{change['code']} {gettext(change['title'])}"),
        Column("before", _("更正前"), value=lambda change: change["before"]),
        Column("after", _("更正后"), value=lambda change: change["after"]),
    ]
    if with_why:
        columns.append(Column("why", _("原因"), value=lambda change: change["why"]))
    return Table(columns, sheet.changes, _("更正内容"))


def appeals_table(sheet: ScoreSheet, *, with_words: bool) -> Table:
    """Return the appeals that a sheet carries with their outcome; `with_words` also what both sides wrote."""
    states, effects = dict(Appeal.State.choices), dict(Appeal.Effect.choices)
    columns = [
        Column("title", _("申诉项目"), value=lambda appeal: f"{appeal['code']} {gettext(appeal['title'])}"),
        Column(
            "state",
            _("结论"),
            kind="state",
            value=lambda appeal: states[appeal["state"]],
            tone=lambda appeal: tones.tone_of(appeal["state"]),
        ),
        Column("effect", _("对得分的影响"), value=lambda appeal: effects.get(appeal["effect"], "")),
    ]
    if with_words:
        columns[1:1] = [Column("reason", _("申诉理由"), value=lambda appeal: appeal["reason"])]
        columns.append(Column("answer", _("答复"), value=lambda appeal: appeal["answer"]))
    return Table(columns, sheet.appeals, _("申诉及其结论"))
