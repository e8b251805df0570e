"""Which act may be done to an application in which state, as data; and what an application goes through, in words."""

import datetime as dt
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.refusals import Conflict
from services.clients.models import Consent
from services.clients.privacy import consents
from services.grants.models import Application
from services.grants.rules import notice_is_over

S = Application.State

# act -> the states it may be done in.
ACTS: Final[dict[str, frozenset[str]]] = {
    "change": frozenset({S.DRAFT, S.RETURNED}),
    "submit": frozenset({S.DRAFT, S.RETURNED}),
    "assess": frozenset({S.SUBMITTED, S.ASSESSED}),
    "send_back": frozenset({S.SUBMITTED, S.ASSESSED}),
    "vote": frozenset({S.ASSESSED, S.OBJECTED}),
    "opine": frozenset({S.ASSESSED, S.OBJECTED}),
    "compare": frozenset({S.SUBMITTED, S.ASSESSED, S.OBJECTED}),
    "object": frozenset({S.NOTICE, S.OBJECTED}),
    "answer": frozenset({S.OBJECTED}),
    "withdraw": frozenset({S.DRAFT, S.SUBMITTED, S.ASSESSED, S.RETURNED, S.NOTICE, S.OBJECTED, S.PAYABLE}),
    "prepare": frozenset({S.PAYABLE}),
    "approve_payment": frozenset({S.PAYABLE}),
    "confirm": frozenset({S.PAID}),
    "repay": frozenset({S.PAID, S.CONFIRMED}),
}
# What goes on with a person's data; the rest ends, answers or books what was done already.
PROCESSING: Final = frozenset({"change", "submit", "assess", "compare", "vote", "opine", "prepare", "approve_payment"})
# Money stands reserved or was paid: the limits count these.
GRANTED: Final = frozenset({S.NOTICE, S.OBJECTED, S.PAYABLE, S.PAID, S.CONFIRMED})
RESERVED: Final = frozenset({S.NOTICE, S.OBJECTED, S.PAYABLE})
ENDED: Final = frozenset({S.REJECTED, S.WITHDRAWN})
STEPS: Final = (
    gettext_lazy("申请"), gettext_lazy("评估"), gettext_lazy("审议"), gettext_lazy("公示"), gettext_lazy("付款"),
    gettext_lazy("确认"),
)  # fmt: skip
STEP_OF: Final[dict[str, int]] = {
    S.DRAFT: 1, S.RETURNED: 1, S.SUBMITTED: 2, S.ASSESSED: 3, S.OBJECTED: 4, S.NOTICE: 4, S.PAYABLE: 5, S.PAID: 6,
    S.CONFIRMED: 7,
}  # fmt: skip


class WrongState(Conflict):
    """The application is past this act, or not there yet."""


def as_it_stands(application: Application, today: dt.date) -> Application:
    """Show an application whose notice has run its days as one to be paid: a task writes that within ten minutes.

    Only what is shown; acts read the row anew. On notice no objection is open.
    """
    if application.state == S.NOTICE and application.notice_to and notice_is_over(ends_on=application.notice_to, today=today):  # fmt: skip  # noqa: E501
        application.state = S.PAYABLE
    return application


def shown_in(state: str, today: dt.date) -> Q:
    """Return the condition for applications that are shown in `state`."""
    over = Q(state=S.NOTICE, notice_to__lt=today)
    if state == S.PAYABLE:
        return Q(state=S.PAYABLE) | over
    return Q(state=state) & ~over if state == S.NOTICE else Q(state=state)


def allows(state: str, act: str) -> bool:
    """Tell whether `act` may be done to an application in `state`."""
    return state in ACTS[act]


def locked(application: Application, act: str) -> Application:
    """Return the application anew, its row locked, if `act` may be done to it now. The first lock of every act.

    :raises WrongState: if it may not be done in the application's state.
    :raises services.clients.privacy.consents.Stopped: to go on for somebody who has withdrawn their consent.
    """
    found = (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "need__site__parent__parent__parent", "need__client", "fund__book", "purpose__free", "purpose__reserved"
        )
        .get(pk=application.pk)
    )
    require(found, act)
    if act in PROCESSING and found.need.client:
        consents.check(found.need.client, Consent.Purpose.SHARING)
    return found


def require(application: Application, act: str) -> None:
    """Let the act go on.

    :raises WrongState: if it may not be done in the application's state.
    """
    if not allows(application.state, act):
        raise WrongState(
            _("申请现在是“%(state)s”，不能进行这一步；请刷新页面查看。") % {"state": application.get_state_display()}
        )
