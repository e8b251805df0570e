"""From a score to the sheet that would be published of it: the preview and the publication both make it here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common import clock
from common.dates import local_day
from common.working_days import is_worked
from contracts import queries
from contracts.decisions.queries import settled_on
from contracts.decisions.rules import Settled, settled_card
from contracts.known.terms import as_known
from contracts.marks.rules import counting
from contracts.models import Appeal, Contract, Mark, ScoreSheet
from contracts.publishing import body
from contracts.publishing.rules import ends_at, publication_of
from evaluation.known import settled_moment
from evaluation.scoring import Line, Scorecard

# A sheet says the same whoever publishes it: its reasons are frozen in the language of the law.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Numbers:
    """What a sheet freezes: the score and the quantities of what was promised, as known at a moment."""

    card: Scorecard
    quantities: Mapping[str, Decimal]
    known_at: dt.datetime


def card_to_publish(contract: Contract, as_of: dt.date, extra: Mapping[str, Settled] | None = None) -> Numbers:
    """Return the numbers that would be published now; `extra` are lines that the correction itself settles."""
    known_at = settled_moment()
    card = settled_card(queries.scorecard(contract, as_of), extra or {})
    return Numbers(card, {one.measure.code: one.done for one in queries.progress(contract, as_of)}, known_at)


def is_settled(sheet: ScoreSheet, extra: Mapping[str, Settled] | None = None) -> bool:
    """Tell whether the sheet says what was known at its own moment, and will say so whenever it is asked for later.

    It does not while somebody writes a fact of this contract: what he said before that moment is not committed yet.
    """
    pk, as_of, moment = sheet.contract_id, sheet.as_of, sheet.known_at
    loaded = queries.loaded(Contract.objects.filter(pk=pk), history=True).get()
    then = as_known(loaded, moment)
    if then is None:
        return False
    card = settled_card(queries.scorecard(then, as_of, moment), extra or {})
    done = {one.measure.code: str(one.done) for one in queries.progress(then, as_of, moment)}
    told = [(str(line.points), _inputs(line)) for line in card.lines]
    frozen = [(line["score"], line["inputs"]) for line in sheet.lines]
    return (told, card.total, done) == (frozen, sheet.total, sheet.quantities)


def _inputs(line: Line) -> dict[str, str | None]:
    return {one.measure.code: None if one.value is None else str(one.value) for one in line.inputs}


def unsaved_sheet(
    contract: Contract,
    as_of: dt.date,
    *,
    replaces: ScoreSheet | None = None,
    reason: str = "",
    extra: Mapping[str, Settled] | None = None,
) -> ScoreSheet:
    """Return the sheet that would be published now, with its digest; nothing is written.

    A correction keeps the days of notice and appeal of what it replaces where it only carries what upheld appeals did
    to the score; any other change is announced anew.
    """
    now = clock.now()
    with translation.override(LANGUAGE):
        numbers = card_to_publish(contract, as_of, extra)
        card, settled = numbers.card, {**settled_on(contract, as_of), **(extra or {})}
        sheet = ScoreSheet(
            contract=contract,
            as_of=card.as_of,
            format=ScoreSheet.FORMAT,
            version=replaces.version + 1 if replaces else 1,
            replaces=replaces,
            correction_reason=reason.strip(),
            head=_head(contract, card),
            lines=[frozen_line(line, _marks_of(contract, line, as_of), settled) for line in card.lines],
            quantities={measure: str(quantity) for measure, quantity in numbers.quantities.items()},
            vetoes=[veto.code for veto in card.vetoes],
            appeals=[frozen_appeal(appeal) for appeal in appeals_to_carry(contract, as_of)],
            total=card.total,
            grade=card.grade.code,
            grade_name=card.grade.name,
            programme_digest=card.programme.digest,
            known_at=numbers.known_at,
            published_at=now,
        )
        if replaces:
            sheet.changes = changes_between(replaces, sheet)
        _set_windows(sheet, now)
        sheet.digest = body.digest_of(sheet)
    return sheet


def _head(contract: Contract, card: Scorecard) -> dict[str, Any]:
    edition = card.programme
    return {
        "contract": {"ref": contract.ref, "number": contract.number, "title": contract.title, "area": contract.area,
                     "starts_on": str(contract.starts_on), "ends_on": str(contract.ends_on)},
        "agency": contract.provider.name,
        "stations": [{"code": one.code, "name": one.name} for one in contract.stations.all()],
        "programme": {"key": edition.key, "title": edition.title, "year": edition.year, "total": str(edition.total),
                      "sample": edition.sample},
        "vetoes_found": [{"code": one.code, "title": one.title, "clause": one.clause} for one in card.vetoes],
    }  # fmt: skip


def frozen_line(line: Line, marks: Sequence[Mark], settled: Mapping[str, Settled]) -> dict[str, Any]:
    """Return a line as a score sheet keeps it: numbers as text, so that nothing is rounded on the way."""
    rule, decision = line.indicator, settled.get(line.indicator.code)
    return {
        "code": rule.code,
        "parent": rule.parent,
        "title": rule.title,
        "rule": rule.rule,
        "clause": rule.clause,
        "sample": rule.sample,
        "max_score": str(rule.max_score),
        "score": str(line.points),
        "pending": line.is_pending,
        "reason": line.reason,
        "inputs": _inputs(line),
        "target": None if line.target is None else str(line.target),
        "mark": line.mark.reason if line.mark else "",
        "marks": [frozen_mark(mark) for mark in marks],
        "evidence_count": line.evidence_count,
        "decided": {"clause": decision.clause, "reason": decision.reason} if decision else None,
    }


def frozen_mark(mark: Mark) -> dict[str, Any]:
    """Return a mark as a score sheet keeps it: which one, whose, what it gave and why, and what was shown for it."""
    return {
        "ref": mark.ref,
        "party": mark.party,
        "visited_on": str(mark.visited_on) if mark.visited_on else None,
        "files": [file.sha256 for file in mark.files.all()],
        "points": str(mark.points),
        "reason": mark.reason,
        "dated": str(mark.dated),
    }


def _marks_of(contract: Contract, line: Line, as_of: dt.date) -> list[Mark]:
    """Return the mark that counts for a line on the day."""
    code = line.indicator.code
    marks = sorted(contract.marks.all(), key=lambda mark: mark.pk)
    standing = [one for one in marks if one.code == code and not one.withdrawn_at and one.dated <= as_of]
    return list(counting(standing, contract.edition).values())


def frozen_appeal(appeal: Appeal) -> dict[str, Any]:
    """Return an answered appeal as a score sheet keeps it: both sides' words and the outcome."""
    return {
        "ref": appeal.ref,
        "code": appeal.code,
        "title": appeal.title,
        "points": str(appeal.points),
        "reason": appeal.reason,
        "made_at": appeal.made_at.astimezone(dt.UTC).isoformat(),
        "state": appeal.state,
        "effect": appeal.effect,
        "answer": appeal.answer,
        "answered_at": appeal.answered_at.astimezone(dt.UTC).isoformat() if appeal.answered_at else None,
        "files": [file.sha256 for file in appeal.files.all()],
    }


def appeals_to_carry(contract: Contract, as_of: dt.date) -> list[Appeal]:
    """Return the answered appeals that belong to the score of this day: those that no earlier day's sheet carries."""
    earlier = contract.sheets.filter(as_of__lt=as_of).values_list("appeals", flat=True)
    carried = {appeal["ref"] for appeals in earlier for appeal in appeals}
    answered = contract.appeals.exclude(state=Appeal.State.OPEN).exclude(sheet__as_of__gt=as_of)
    found = [one for one in answered.prefetch_related("files").order_by("made_at", "pk") if one.ref not in carried]
    for appeal in found:
        appeal.contract = contract
    return found


def changes_between(before: ScoreSheet, after: ScoreSheet) -> list[dict[str, str]]:
    """Return the lines and vetoes that a correction changes: {code, title, before, after, why, appeal}.

    `appeal` is the ref of the upheld appeal that the change carries out, '' where it has another cause.
    """
    upheld = {one["code"]: one for one in after.appeals if one["state"] == Appeal.State.ACCEPTED}
    earlier = {line["code"]: line for line in before.lines}
    changes = []
    for line in after.lines:
        old = earlier[line["code"]]
        if Decimal(old["score"]) != Decimal(line["score"]):
            changes.append(_change(line, old["score"], line["score"], upheld, _why(old, line)))
    found, lost = set(after.vetoes) - set(before.vetoes), set(before.vetoes) - set(after.vetoes)
    for code in sorted(found | lost):
        veto = after.contract.edition.veto(code)
        line = {"code": code, "title": veto.title if veto else code}
        stood, none = _("已认定"), _("未认定")
        old_word, new_word = (none, stood) if code in found else (stood, none)
        changes.append(_change(line, old_word, new_word, upheld, _("一票否决的认定有变。")))
    return changes


def _change(
    line: Mapping[str, Any], before: str, after: str, upheld: Mapping[str, Mapping[str, Any]], why: str
) -> dict[str, str]:
    appeal = upheld.get(line["code"])
    return {
        "code": line["code"],
        "title": line["title"],
        "before": before,
        "after": after,
        "why": _("申诉成立：%(answer)s") % {"answer": appeal["answer"]} if appeal else why,
        "appeal": appeal["ref"] if appeal else "",
    }


def _why(old: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    if line.get("decided") and line["decided"] != old.get("decided"):
        words = {"clause": line["decided"]["clause"], "reason": line["decided"]["reason"]}
        return _("依%(clause)s改定：%(reason)s") % words
    if line["mark"] != old["mark"]:
        return _("重新评分：%(reason)s") % {"reason": line["mark"] or _("评分已撤回")}
    return _("数据在公布后有更正。")


def _set_windows(sheet: ScoreSheet, now: dt.datetime) -> None:
    replaced = sheet.replaces
    if replaced and all(change["appeal"] for change in sheet.changes):
        sheet.notice_until, sheet.appeal_until = replaced.notice_until, replaced.appeal_until
        return
    terms = publication_of(sheet.contract.edition)
    day = local_day(now)
    if terms.notice_days:
        sheet.notice_until = ends_at(day, terms.notice_days, is_worked)
    if days := terms.appeal_days or terms.notice_days:
        sheet.appeal_until = ends_at(day, days, is_worked)
