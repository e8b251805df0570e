"""Publishing a score, correcting it, and declaring it final.

The contract's row is locked first, so that of two officers the second one sees what the first has done.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common import clock
from common.refusals import Conflict, Refused
from contracts.decisions.actions import settle_line
from contracts.decisions.rules import LIFTED, Settled
from contracts.models import Appeal, Contract, ScoreSheet, SheetConfirmation
from contracts.publishing import body, queries, rules
from contracts.publishing.freezing import appeals_to_carry, is_settled, unsaved_sheet
from contracts.rules import words_problems
from contracts.telling.actions import told_sheet_announced, told_sheet_corrected, told_sheet_published


class CannotClose(Refused):
    """The score cannot be published, corrected or declared final like this yet."""


class MovedMeanwhile(Conflict):
    """Since the preview something moved, or somebody else has published; nothing was published."""


def close_period(
    *,
    contract: Contract,
    as_of: dt.date,
    today: dt.date,
    accept_missing: bool = False,
    seen: str = "",
    by: User | None,
) -> ScoreSheet:
    """Freeze and publish the score as of a day. Without notice in the programme, the last day's closes the contract.

    :param seen: the fingerprint of the preview that is published; '' publishes what there is.
    :raises CannotClose: if the day lies outside the contract or in the future, a later one is published, an appeal
        waits for its answer or its effect, a rule is not marked yet, or one has no record and that is not accepted.
    :raises MovedMeanwhile: if it is not what was previewed, or was published meanwhile.
    """
    with transaction.atomic():
        locked = Contract.objects.select_for_update().get(pk=contract.pk)
        if seen and locked.sheets.filter(as_of=as_of).exists():
            raise MovedMeanwhile(_("%(day)s 的得分刚刚由另一人公布，请刷新后查看。") % {"day": as_of})
        sheet = unsaved_sheet(locked, as_of)
        problems = publishing_problems(locked, sheet, as_of=as_of, today=today, accept_missing=accept_missing)
        if problems:
            raise CannotClose(problems)
        _publish(sheet, seen, "contracts.sheet.published", by)
    contract.refresh_from_db()
    return sheet


def publishing_problems(
    contract: Contract, sheet: ScoreSheet, *, as_of: dt.date, today: dt.date, accept_missing: bool
) -> list[str]:
    """Return why this unsaved sheet cannot be published yet."""
    published = list(contract.sheets.values_list("as_of", flat=True))
    return rules.publishing_problems(
        as_of=as_of, today=today, period=contract.period, published=published,
        **_gaps(contract, sheet), accept_missing=accept_missing,
    )  # fmt: skip


def correct_sheet(
    *,
    sheet: ScoreSheet,
    reason: str,
    decision: tuple[str, Decimal | None, str] | None = None,
    accept_missing: bool = False,
    seen: str = "",
    by: User | None,
) -> ScoreSheet:
    """Publish a new version of a score that names what it changes and why; both stay. A closed contract's too.

    :param decision: a line that the correction itself settles: (code, points, clause).
    :param seen: the fingerprint of the preview, as in `close_period`.
    :raises CannotClose: if it is not the newest version, nothing would change, or something is still missing.
    :raises CannotDecide: if the line cannot be settled like this.
    :raises MovedMeanwhile: if it is not what was previewed, or was corrected meanwhile.
    """
    with transaction.atomic():
        contract = Contract.objects.select_for_update().get(pk=sheet.contract_id)
        if seen and ScoreSheet.objects.filter(replaces=sheet).exists():
            raise MovedMeanwhile(_("这份得分刚刚由另一人更正，请打开最新一版。"))
        if decision:
            code, points, clause = decision
            settle_line(
                contract=contract, code=code, points=points, clause=clause, reason=reason, dated=sheet.as_of, by=by
            )
        newer = unsaved_sheet(contract, sheet.as_of, replaces=sheet, reason=reason, extra=_settled(decision, reason))
        if problems := correcting_problems(contract, newer, accept_missing=accept_missing):
            raise CannotClose(problems)
        _publish(newer, seen, "contracts.sheet.corrected", by, extra=_settled(decision, reason))
    return newer


def correcting_problems(contract: Contract, newer: ScoreSheet, *, accept_missing: bool) -> list[str]:
    """Return why this unsaved correction cannot be published."""
    replaced = newer.replaces
    assert replaced is not None
    told = {appeal["ref"] for appeal in replaced.appeals}
    return words_problems(newer.correction_reason) + rules.correction_problems(
        is_newest=not ScoreSheet.objects.filter(replaces=replaced).exists(),
        has_news=bool(newer.changes) or any(appeal["ref"] not in told for appeal in newer.appeals),
        **_gaps(contract, newer), accept_missing=accept_missing,
    )  # fmt: skip


def preview_correction(
    sheet: ScoreSheet, *, reason: str, decision: tuple[str, Decimal | None, str] | None = None
) -> ScoreSheet:
    """Return the correction that would be published, unsaved, with the line it settles."""
    extra = _settled(decision, reason)
    return unsaved_sheet(sheet.contract, sheet.as_of, replaces=sheet, reason=reason, extra=extra)


def _settled(decision: tuple[str, Decimal | None, str] | None, reason: str) -> dict[str, Settled]:
    """Return the line that a correction settles, by code. Said beside what is stored: what a transaction writes itself
    may lie after the moment whose knowledge it freezes."""
    if decision is None:
        return {}
    code, points, clause = decision
    return {code: Settled(LIFTED if points is None else points, clause.strip(), reason.strip())}


def confirm_sheet(*, sheet: ScoreSheet, by: User | None) -> SheetConfirmation:
    """Declare a score final once its notice has ended and every appeal is settled; the last day's closes the contract.

    :raises CannotClose: while days of notice or appeal run, an appeal waits, or an outcome is not in the sheet yet.
    """
    with transaction.atomic():
        contract = Contract.objects.select_for_update().get(pk=sheet.contract_id)
        told = {appeal["ref"] for appeal in sheet.appeals}
        carried = appeals_to_carry(contract, sheet.as_of)
        if problems := rules.confirmation_problems(
            now=clock.now(),
            open_until=sheet.open_until,
            is_newest=not ScoreSheet.objects.filter(replaces=sheet).exists(),
            is_confirmed=SheetConfirmation.objects.filter(sheet=sheet).exists(),
            appealed=_open_appeals(contract),
            uncarried=[appeal.title for appeal in carried if appeal.ref not in told],
        ):
            raise CannotClose(problems)
        confirmation = SheetConfirmation.objects.create(sheet=sheet, by=by)
        _close_if_last(contract, sheet)
        told_sheet_published(sheet=sheet, by=by)
        log.write("contracts.sheet.confirmed", on=sheet, by=by, contract=contract.ref, version=sheet.version)
    return confirmation


def _publish(
    sheet: ScoreSheet, seen: str, told_as: str, by: User | None, *, extra: Mapping[str, Settled] | None = None
) -> None:
    if not is_settled(sheet, extra):
        raise MovedMeanwhile(_("此刻有新的记录正在写入这份合同的站点，没有公布。请稍候再公布一次。"))
    if seen and seen != body.fingerprint(sheet):
        raise MovedMeanwhile(_("预览之后得分有了变化，没有公布。请看过新的预览再公布。"))
    sheet.published_by = by
    sheet.save(force_insert=True)
    contract = sheet.contract
    if sheet.open_until is None:
        _close_if_last(contract, sheet)
    log.write(
        told_as, on=sheet, by=by, contract=contract.ref, total=str(sheet.total), version=sheet.version,
        digest=sheet.digest, changes=[change["code"] for change in sheet.changes],
    )  # fmt: skip
    _tell(sheet, by)


def _tell(sheet: ScoreSheet, by: User | None) -> None:
    if sheet.replaces_id:
        told_sheet_corrected(sheet=sheet, by=by)
    elif sheet.last_day_of_notice:
        told_sheet_announced(contract=sheet.contract, day=sheet.last_day_of_notice, by=by)
    else:
        told_sheet_published(sheet=sheet, by=by)


def _close_if_last(contract: Contract, sheet: ScoreSheet) -> None:
    if sheet.as_of == contract.ends_on:
        Contract.objects.filter(pk=contract.pk).update(state=Contract.State.CLOSED)


def _gaps(contract: Contract, sheet: ScoreSheet) -> dict[str, Sequence[str]]:
    """Return what a sheet still lacks, by the names that the rules call it by. What counted 0 for want of records in
    the version that it replaces was accepted then."""
    rules_by_code, replaced = contract.edition.by_code, sheet.replaces
    accepted = {line["code"] for line in replaced.lines if line["pending"]} if replaced else set()
    pending = [
        (line["title"], rules_by_code[line["code"]].by_hand)
        for line in sheet.lines
        if line["pending"] and (rules_by_code[line["code"]].by_hand or line["code"] not in accepted)
    ]
    return {
        "appealed": _open_appeals(contract),
        "unsettled": [appeal.title for appeal in queries.unsettled_appeals(contract, sheet)],
        "unmarked": [title for title, by_hand in pending if by_hand],
        "unrecorded": [title for title, by_hand in pending if not by_hand],
    }


def _open_appeals(contract: Contract) -> list[str]:
    return [appeal.title for appeal in contract.appeals.filter(state=Appeal.State.OPEN)]
