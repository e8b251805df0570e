"""What waits for this person on the shared host; an agency's pages have the same in services/start/waiting.py."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import access_of, can
from accounts.permissions import Permission as P
from billing.models import Bill
from common.notifications.waiting import Waiting, count_all, pressing_first
from contracts.telling import waiting as contracts
from enrolment.register import access as register
from letters.models import Letter
from notifications import queries as notifications
from supervision.access import own_sessions
from supervision.words import State
from tenants.models import EmergencyAccess, UnknownCommit

Ask = Callable[[HttpRequest], "QuerySet[Any]"]

# Of each kind: who is asked, what is counted, what it is called, where it is listed, and whether it is late by itself.
KINDS: Final[dict[str, tuple[P, Ask, Any, str, dict[str, str], bool]]] = {
    "appeals": (
        P.APPEAL_ANSWER, lambda request: contracts.open_appeals(access_of(request)), gettext_lazy("待答复的申诉"),
        "contracts:appeals", {"state": "open"}, False,
    ),
    "unmarked": (
        P.SCORE_MARK, lambda request: contracts.unmarked(access_of(request), timezone.localdate()),
        gettext_lazy("有评分项待打分的合同"), "contracts:list", {"state": "active"}, False,
    ),
    "ended": (
        P.CONTRACT_MANAGE, lambda request: contracts.ended(access_of(request), timezone.localdate()),
        gettext_lazy("已到期待公布并结项的合同"), "contracts:list", {"state": "ended"}, True,
    ),
    "register": (
        P.AGENCY_CONFIRM, lambda request: register.waiting(access_of(request)), gettext_lazy("待核实的机构"),
        "register:list", {"state": "waiting"}, False,
    ),
    "requests": (
        P.SESSION_ANSWER,
        lambda request: own_sessions(request).filter(state=State.REQUESTED, answer_by__gt=timezone.now()),
        gettext_lazy("待答复的预约"), "supervision:desk", {}, False,
    ),
    "notes": (
        P.SESSION_COMPLETE,
        lambda request: own_sessions(request).filter(state=State.CONFIRMED, during__endswith__lte=timezone.now()),
        gettext_lazy("待写的督导记录"), "supervision:desk", {}, False,
    ),
    "emergencies": (
        P.TENANT_OPERATE,
        lambda request: EmergencyAccess.objects.filter(state=EmergencyAccess.State.ASKED).exclude(
            asked_by=request.user.pk
        ),
        gettext_lazy("待批准的紧急查看"), "operating:emergencies", {}, False,
    ),
    "commits": (
        P.TENANT_OPERATE, lambda request: UnknownCommit.objects.filter(state=UnknownCommit.State.UNKNOWN),
        gettext_lazy("待核对的提交"), "operating:unknown-commits", {}, True,
    ),
    "letters": (
        P.TENANT_OPERATE, lambda request: Letter.objects.filter(state=Letter.State.FAILED),
        gettext_lazy("未能发出的信件"), "letters:list", {"state": "failed"}, True,
    ),
    "bills": (
        P.TENANT_OPERATE,
        lambda request: Bill.objects.filter(state=Bill.State.OPEN, due_on__lt=timezone.localdate()),
        gettext_lazy("逾期未付的账单"), "payers:bills", {"state": "open"}, True,
    ),
}  # fmt: skip


def waiting(request: HttpRequest) -> list[Waiting]:
    """Return what waits for this person; worked out only if a template asks for it."""
    return SimpleLazyObject(lambda: _waiting(request))  # type: ignore[return-value]  # stands in for the list


def _waiting(request: HttpRequest) -> list[Waiting]:
    """One query for all kinds, one more for the editions of who marks."""
    asked = {name: kind for name, kind in KINDS.items() if can(request, kind[0])}
    counts = count_all({name: ask(request) for name, (_may, ask, *_rest) in asked.items()})
    items = [
        Waiting(str(label), counts[name], _("件"), _address(page, query), is_late=is_late)
        for name, (_may, _ask, label, page, query, is_late) in asked.items()
    ]
    if request.user.is_authenticated:
        unread = notifications.unread_of(request)
        items.append(Waiting(_("未读通知"), unread, _("条"), _address("notifications:inbox", {"state": "unread"})))
    return pressing_first(items)


def _address(page: str, query: dict[str, str]) -> str:
    return f"{reverse(page)}?{urlencode(query)}" if query else reverse(page)
