"""Settling a line."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from audit import log
from common.refusals import Refused
from contracts.decisions import rules
from contracts.models import Appeal, Contract, LineDecision


class CannotDecide(Refused):
    """There is no such line, or the points, the clause or the reason cannot stand."""


def settle_line(
    *,
    contract: Contract,
    code: str,
    points: Decimal | None,
    clause: str,
    reason: str,
    dated: dt.date,
    by: User | None,
    appeal: Appeal | None = None,
) -> LineDecision:
    """Settle a line's points from `dated` on, or lift a veto (points are then LIFTED), with the clause it rests on.

    :raises CannotDecide: with the reasons.
    """
    if problems := rules.decision_problems(contract.edition, code, points, clause, reason):
        raise CannotDecide(problems)
    with transaction.atomic():
        decision = LineDecision.objects.create(
            contract=contract,
            code=code,
            points=rules.LIFTED if points is None or contract.edition.veto(code) else points,
            clause=clause.strip(),
            reason=reason.strip(),
            dated=dated,
            appeal=appeal,
            mark=contract.marks.filter(code=code).order_by("pk").last(),
            by=by,
        )
        decision.refresh_from_db(fields=["decided_at"])
        details = {"contract": contract.ref, "code": code, "points": str(decision.points), "dated": str(dated)}
        log.write("contracts.line.settled", on=decision, by=by, appeal=appeal.ref if appeal else "", **details)
    return decision
