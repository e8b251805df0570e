"""What changes about marks: one is given, withdrawn by its author, or taken out of the score by a review."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.files.proofs import Proof
from common.refusals import Refused
from contracts.marks import proofs, rules
from contracts.marks.rules import FoundCase
from contracts.models import Contract, ContractParty, Mark, MarkCase
from contracts.rules import words_problems
from contracts.telling import actions as telling
from evaluation.models import Moment

ZERO: Final = Decimal(0)
Role, Withdrawal = ContractParty.Role, Mark.Withdrawal
MARKING: Final = (Role.EVALUATOR, Role.PURCHASER, Role.AUTHORITY)


class CannotMark(Refused):
    """The mark is not for this rule, out of range, without a reason, or its cases do not carry its points."""


class CannotWithdraw(Refused):
    """The mark is another's, or there is no fit reason."""


def give_mark(
    *,
    contract: Contract,
    code: str,
    points: Decimal | None,
    reason: str,
    party: str,
    today: dt.date,
    visited_on: dt.date | None = None,
    cases: Sequence[FoundCase] = (),
    shown: Sequence[Proof] = (),
    by: User | None,
) -> Mark:
    """Give points by hand for a rule, or find a veto (points are then 0), for one of the contract's parties.

    The mark may count from today, or from the contract's last day if that has passed; `visited_on` (today if not said)
    is the day its author was there. `shown` are its photos and papers. What the author says again without a change is
    the same mark, so that a form sent twice leaves one; files that come with it are added to it.

    :raises CannotMark: with the reasons.
    :raises proofs.CannotKeep: if there would be too many files.
    """
    problems = rules.mark_problems(contract.edition, code, points, reason, cases)
    problems += rules.visit_problems(visited_on or today, starts_on=contract.starts_on, today=today)
    if party not in MARKING:
        problems.append(_("只有评估方、购买方和监督方可以评分。"))
    if problems:
        raise CannotMark(problems)
    given = Mark(
        contract=contract, code=code, points=ZERO if points is None or contract.edition.veto(code) else points,
        reason=reason.strip(), dated=min(today, contract.ends_on), by=by, party=party, visited_on=visited_on or today,
    )  # fmt: skip
    with transaction.atomic():
        _lock_open(contract)
        mark = _same(given, cases)
        if mark is None:
            given.save()
            MarkCase.objects.bulk_create(
                MarkCase(mark=given, day=case.day, text=case.text.strip(), points=case.points) for case in cases
            )
            mark = given
            log.write(
                "contracts.mark.given", on=mark, by=by, contract=contract.ref, code=code, points=str(mark.points),
                party=party, cases=len(cases),
            )  # fmt: skip
            telling.told_mark_given(mark=mark, by=by)
        proofs.keep(mark=mark, shown=shown, by=by)
    return mark


def withdraw_mark(*, mark: Mark, reason: str, by: User | None) -> Mark:
    """Take back a mark of one's own, with a reason; the one before it counts again. Twice is once.

    :raises CannotWithdraw: if it is another's, or without a fit reason.
    :raises CannotMark: if the contract is closed.
    """
    if mark.by_id != (by.pk if by else None):
        raise CannotWithdraw(_("只有评分人本人可以撤回；他人的评分须经复核并写明理由。"))
    return _take_out(mark, Withdrawal.AUTHOR, reason, by)


def review_mark(*, mark: Mark, reason: str, by: User) -> Mark:
    """Take another's mark out of the score after a review: who did so and why stays beside it for all to see.

    :raises CannotWithdraw: if it is one's own, or without a fit reason.
    :raises CannotMark: if the contract is closed.
    """
    if mark.by_id == by.pk:
        raise CannotWithdraw(_("自己的评分请直接撤回，复核须由另一人进行。"))
    return _take_out(mark, Withdrawal.REVIEW, reason, by)


def _take_out(mark: Mark, withdrawal: str, reason: str, by: User | None) -> Mark:
    if problems := words_problems(reason):
        raise CannotWithdraw(problems)
    with transaction.atomic():
        _lock_open(mark.contract)
        changed = Mark.objects.filter(pk=mark.pk, withdrawn_at=None).update(
            withdrawn_at=Moment(), withdrawn_by=by, withdrawal=withdrawal, withdrawn_reason=reason.strip()
        )
        if changed:
            act = "contracts.mark.withdrawn" if withdrawal == Withdrawal.AUTHOR else "contracts.mark.reviewed"
            log.write(act, on=mark, by=by, contract=mark.contract.ref, code=mark.code, party=mark.party)
            telling.told_mark_withdrawn(mark=mark, by=by)
            if withdrawal == Withdrawal.REVIEW:
                telling.told_mark_reviewed(mark=mark, by=by)
    mark.refresh_from_db()
    return mark


def _lock_open(contract: Contract) -> None:
    """Hold the contract's row, as publishing does: what is published is what stood when it was read.

    :raises CannotMark: if it was closed meanwhile.
    """
    if Contract.objects.select_for_update().get(pk=contract.pk).state == Contract.State.CLOSED:
        raise CannotMark(_("合同已结项，不能再评分。"))


def _same(given: Mark, cases: Sequence[FoundCase]) -> Mark | None:
    """Return the author's latest standing mark of the line for this party, if it says the same."""
    own = Mark.objects.filter(
        contract=given.contract, code=given.code, by=given.by, party=given.party, withdrawn_at=None
    ).order_by("-pk")
    latest = own.prefetch_related("cases").first()
    if latest is None or any(
        getattr(latest, name) != getattr(given, name) for name in ("points", "reason", "dated", "visited_on")
    ):
        return None
    held = [(case.day, case.text, case.points) for case in latest.cases.all()]
    return latest if held == [(case.day, case.text.strip(), case.points) for case in cases] else None
