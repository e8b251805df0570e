"""Who is told of an application: whoever it waits for now, and the applicant when others have acted on it."""

from collections.abc import Iterable

from accounts.models import User
from accounts.permissions import Permission
from notifications import door as notifications
from services.funds.models import CommitteeMember
from services.grants.models import Application
from tenants.running import current_slug


def told_waiting(application: Application, by: User | None) -> None:
    """Tell those for whom the application waits in its state: assessors, its fund's committee, who pays."""
    waits_for = {
        Application.State.SUBMITTED: lambda: _holders(Permission.GRANT_ASSESS, application),
        Application.State.ASSESSED: lambda: _committee(application),
        Application.State.PAYABLE: lambda: _holders(Permission.GRANT_PAY, application),
    }
    if find := waits_for.get(Application.State(application.state)):
        _tell("grant.waiting", application, find(), by)


def told_applicant(kind: str, application: Application, by: User | None) -> None:
    """Tell the applicant what became of the application: grant.granted, grant.refused or grant.paid."""
    _tell(kind, application, [application.applied_by], by)


def _tell(kind: str, application: Application, to: Iterable[str], by: User | None) -> None:
    notifications.tell(
        kind=kind, to=to, about=f"grants.application:{application.ref}", args=[application.ref], by=by,
        number=application.number,
    )  # fmt: skip


def _holders(permission: Permission, application: Application) -> list[str]:
    # The applicant holds no second duty on an application (guards/duties.py): it never waits for them.
    return [ref for ref in notifications.members(current_slug(), permission) if ref != application.applied_by]


def _committee(application: Application) -> list[str]:
    members = CommitteeMember.objects.filter(fund=application.fund_id, to_on=None)
    return list(members.exclude(role=CommitteeMember.Role.MONITOR).values_list("person", flat=True))
