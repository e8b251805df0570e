"""Assess a need: somebody other than the applicant finds what it is worth, or asks for more."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Conflict, RefusedFields
from services.clients.privacy.sealed import sealed
from services.grants import rules, telling, workflow
from services.grants.guards import duties, limits, page_digest
from services.grants.models import Application
from services.journal import log

State = Application.State


class CannotAssess(RefusedFields):
    """The assessment says too little."""


@transaction.atomic
def assess(
    *, application: Application, amount: Decimal, findings: str, by: User, seen: str | None = None
) -> Application:
    """Say what the need is worth in yuan and why. Assessing again before the decision replaces the first word.

    :raises CannotAssess: without findings.
    :raises services.grants.guards.duties.TwoDuties: for the applicant or a member who voted.
    :raises services.grants.guards.limits.OverLimit: below what other funds granted for the need already.
    :raises services.grants.guards.page_digest.StalePage: if the application changed since the page was shown.
    """
    application = workflow.locked(application, "assess")
    page_digest.check(seen, page_digest.digest_of(application))
    duties.refuse_double(application, by, "assessor")
    if problems := rules.words_problems(findings, least=2):
        raise CannotAssess({"findings": problems})
    limits.set_worth(application.need, amount)
    application.assessed, application.assessed_by, application.assessed_at = amount, by.ref, clock.now()
    application.findings_sealed = sealed(application, "findings", findings.strip())
    application.state, application.state_reason = State.ASSESSED, ""
    application.version += 1
    application.save(update_fields=[
        "assessed", "assessed_by", "assessed_at", "findings_sealed", "state", "state_reason", "version",
    ])  # fmt: skip
    log.write("grants.application.assessed", on=application, by=by, amount=str(amount))
    telling.told_waiting(application, by)
    return application


@transaction.atomic
def send_back(*, application: Application, reason: str, by: User) -> None:
    """Ask the applicant for more before the committee sees it.

    :raises CannotAssess: without a reason.
    :raises services.grants.guards.duties.TwoDuties: for the applicant.
    """
    application = workflow.locked(application, "send_back")
    duties.refuse_double(application, by, "assessor")
    if application.ballots.filter(round=application.round).exists():
        raise Conflict(_("委员已经开始表决，不能再退回。"))
    if problems := rules.words_problems(reason, least=2, most=200):
        raise CannotAssess({"reason": problems})
    application.state, application.state_reason = State.RETURNED, reason.strip()
    application.version += 1
    application.save(update_fields=["state", "state_reason", "version"])
    log.write("grants.application.returned", on=application, by=by)
    telling.told_applicant("grant.refused", application, by)
