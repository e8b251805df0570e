"""Tell an agency and its purchaser of marks, published sheets and appeals; called inside the act's transaction.

The agency's directors are told of all of it, the purchaser's officers of what somebody else did in their area. Each
function may be called on either host: an act stands where its person signed in.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from contracts.models import Appeal, Contract, Mark, ScoreSheet
from notifications import door as notifications


def told_mark_given(*, mark: Mark, by: User | None) -> None:
    """Tell the agency and the other officers that a line was marked."""
    _told_of_line("mark.given", mark, by, points=mark.points)


def told_mark_withdrawn(*, mark: Mark, by: User | None) -> None:
    """Tell the agency and the other officers that a mark was taken back."""
    _told_of_line("mark.withdrawn", mark, by)


def told_mark_reviewed(*, mark: Mark, by: User | None) -> None:
    """Tell its author that a review took a mark out of the score; the page of marks says who and why."""
    if mark.by:
        contract = mark.contract
        notifications.tell_shared(
            kind="mark.reviewed", to=[mark.by.ref], about=f"contracts.mark:{mark.ref}", args=[contract.ref], by=by,
            contract=contract.number, code=mark.code,
        )  # fmt: skip


def told_sheet_announced(*, contract: Contract, day: dt.date, by: User | None) -> None:
    """Tell the agency that a sheet goes out on a day, and that it may object until then."""
    _told_agency("sheet.announced", contract, f"contracts.contract:{contract.ref}", [contract.ref], by, day=day)


def told_sheet_published(*, sheet: ScoreSheet, by: User | None) -> None:
    """Tell the agency, and whoever marks in the area, that a sheet is out."""
    words: dict[str, Any] = {"day": sheet.as_of, "points": sheet.total, "grade": sheet.grade_name or sheet.grade}
    _told_of_sheet("sheet.published", sheet, by, words)


def told_sheet_corrected(*, sheet: ScoreSheet, by: User | None) -> None:
    """Tell the same people that a published sheet has a new version."""
    _told_of_sheet("sheet.corrected", sheet, by, {"day": sheet.as_of, "points": sheet.total})


def told_appeal_made(*, appeal: Appeal, by: User | None) -> None:
    """Tell the purchaser's officers who may answer that an appeal waits."""
    contract = appeal.contract
    notifications.tell_shared(
        kind="appeal.made", to=notifications.officers(Permission.APPEAL_ANSWER, contract.area),
        about=f"contracts.appeal:{appeal.ref}", args=[contract.ref, appeal.ref], by=by,
        contract=contract.number, code=appeal.code,
    )  # fmt: skip


def told_appeal_answered(*, appeal: Appeal, by: User | None) -> None:
    """Tell the directors and whoever appealed how it ended."""
    kind = "appeal.accepted" if appeal.state == Appeal.State.ACCEPTED else "appeal.kept"
    contract = appeal.contract
    people = [*_directors(contract), *([appeal.by.ref] if appeal.by else [])]
    notifications.tell_agency(
        kind=kind, agency=contract.provider.slug, to=people, about=f"contracts.appeal:{appeal.ref}",
        args=[contract.ref, appeal.ref], by=by, contract=contract.number, code=appeal.code,
    )  # fmt: skip


def told_contract_ending(*, contract: Contract) -> int:
    """Tell both sides that a contract runs out; return how many were told."""
    about, args = f"contracts.contract:{contract.ref}", [contract.ref]
    told = _told_agency("contract.ending", contract, about, args, None, day=contract.ends_on)
    return told + _told_officers(
        "contract.ending", contract, about, args, None, Permission.CONTRACT_MANAGE, day=contract.ends_on
    )


def _told_of_line(kind: str, mark: Mark, by: User | None, **words: Decimal) -> None:
    contract, args = mark.contract, [mark.contract.ref, mark.code]
    about = f"contracts.mark:{mark.ref}"
    _told_agency(kind, contract, about, args, by, code=mark.code, **words)
    _told_officers(kind, contract, about, args, by, Permission.CONTRACT_MANAGE, code=mark.code, **words)


def _told_of_sheet(kind: str, sheet: ScoreSheet, by: User | None, words: dict[str, Any]) -> None:
    about, args = f"contracts.sheet:{sheet.ref}", [sheet.contract.ref]
    _told_agency(kind, sheet.contract, about, args, by, **words)
    _told_officers(kind, sheet.contract, about, args, by, Permission.SCORE_MARK, **words)


def _told_agency(kind: str, contract: Contract, about: str, args: Iterable[str], by: User | None, **words: Any) -> int:
    return notifications.tell_agency(
        kind=kind, agency=contract.provider.slug, to=_directors(contract), about=about, args=list(args), by=by,
        contract=contract.number, **words,
    )  # fmt: skip


def _told_officers(
    kind: str, contract: Contract, about: str, args: Iterable[str], by: User | None, holding: Permission, **words: Any
) -> int:
    return notifications.tell_shared(
        kind=kind, to=notifications.officers(holding, contract.area), about=about, args=list(args), by=by,
        contract=contract.number, **words,
    )  # fmt: skip


def _directors(contract: Contract) -> list[str]:
    # Heads may appeal too, but of a contract with twelve stations each would read of all others' lines.
    return notifications.members(contract.provider.slug, Permission.STATION_MANAGE)
