"""What waits for this person, as counts that each open their own list: what is overdue first, then the most."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.permissions import Permission as P
from common.notifications.waiting import Waiting, count_all, pressing_first
from notifications import door as notifications
from services.clients.models import DataAlert
from services.funds.models import BankLine, Fund
from services.funds.reports import actions as report_actions
from services.grants.access import visible_applications
from services.grants.applications import queries as grants
from services.help_requests.access import requests_of
from services.help_requests.models import HelpRequest
from services.records.views_today import Day
from services.rights.access import requests_due
from services.volunteers.models import HourRecord


def waiting(request: HttpRequest, day: Day, today: dt.date) -> list[Waiting]:
    """Return every kind of work this person has a hand in, the pressing first; a count of 0 says that nothing waits."""
    items = [*_records(request, day), *_stations(request, day)]
    items += _counted(request, today)
    unread, inbox = notifications.unread_of(request), _list("notifications:inbox", state="unread")
    items.append(Waiting(_("未读通知"), unread, _("条"), inbox))
    items += [item for permission, ask in COUNTERS if can(request, permission) for item in ask(request, today)]
    return pressing_first(items)


def _counted(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    """What is no more than rows to be counted, all of it in one query."""
    querysets: dict[str, QuerySet[Any]] = {}
    if can(request, P.VOLUNTEER_VERIFY):
        querysets["hours"] = HourRecord.objects.filter(state=HourRecord.State.WAITING)
    if can(request, P.CLIENT_MANAGE):
        querysets["help"] = requests_of(request, today).filter(state=HelpRequest.State.WAITING)
    if can(request, P.GRANT_VIEW):
        querysets["grants"] = grants.waiting_for(request, visible_applications(request, today))
    if can(request, P.LOG_VIEW):  # the data officer's
        querysets["alerts"] = DataAlert.objects.filter(settled_at=None)
    counts = count_all(querysets)
    if "hours" in querysets:
        yield Waiting(_("待核实的志愿时长"), counts["hours"], _("条"), _list("volunteers:hours", state="waiting"))
    if "help" in querysets:
        yield Waiting(_("待联系的求助"), counts["help"], _("件"), _list("helping:list", state="waiting"))
    if "grants" in querysets:
        yield Waiting(_("待我处理的资助申请"), counts["grants"], _("件"), _list("grants:list", queue="mine"))
    if "alerts" in querysets:
        yield Waiting(_("数据安全提醒"), counts["alerts"], _("条"), _list("rights:alerts", state="open"), is_late=True)


def _requests(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    due = requests_due(request, today)
    words = {"late": due.late, "soon": due.soon}
    hint = _("已逾期 %(late)d 件，三个工作日内到期 %(soon)d 件") % words if due.late or due.soon else ""
    yield Waiting(_("个人信息请求"), due.open, _("件"), _list("rights:list", state="waiting"), hint, bool(due.late))


def _funds(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    """Reports that are late and lines of the bank that wait, by fund; as many queries for many funds as for one."""
    funds = list(Fund.objects.filter(closed_on=None).prefetch_related("campaigns"))
    late = report_actions.overdue_of(funds, today) if funds else {}
    keeps = can(request, P.FUND_KEEP)
    waiting = BankLine.objects.filter(fund__in=funds, state=BankLine.State.WAITING) if funds and keeps else None
    lines = dict(waiting.values_list("fund").annotate(Count("pk"))) if waiting is not None else {}
    for fund in funds:
        if reports := late[fund.pk]:
            href = reverse("funds:reports", args=[fund.ref])
            yield Waiting(_("逾期未公布的报告"), len(reports), _("份"), href, fund.name, is_late=True)
        if keeps:
            href = f"{reverse('funds:bank', args=[fund.ref])}?state={BankLine.State.WAITING}"
            yield Waiting(_("待核对的银行流水"), lines.get(fund.pk, 0), _("笔"), href, fund.name)


def _records(request: HttpRequest, day: Day) -> Iterator[Waiting]:
    if can(request, P.RECORD_COUNTERSIGN):
        yield Waiting(_("等我签核"), day.waiting, _("条"), _list("records:list", state="waiting"))
    if day.returned:
        yield Waiting(_("被退回的记录"), day.returned, _("条"), _list("records:list", state="returned"))


def _stations(request: HttpRequest, day: Day) -> Iterator[Waiting]:
    """The stations in one's hands that wait for supervision for longer than allowed; the contracts that lag."""
    if can(request, P.SUPERVISION_BOOK):
        late = day.overdue
        own = {} if day.stations is None else {"station": day.stations}
        hint = _("最久超期 %(days)d 天") % {"days": late[0].days_overdue} if late else ""
        href = _list("supervision:clocks", state="overdue", **own)
        yield Waiting(_("督导超期的站点"), len(late), _("个"), href, hint, is_late=True)
    if can(request, P.STATION_MANAGE):
        href = _list("contracts:own", state="active", progress="behind", sort="total")
        yield Waiting(_("进度落后的合同"), len(day.lagging), _("份"), href)


def _list(page: str, **query: Any) -> str:
    return f"{reverse(page)}?{urlencode(query, doseq=True)}"


COUNTERS: Final[tuple[tuple[P, Callable[[HttpRequest, dt.date], Iterator[Waiting]]], ...]] = (
    (P.RIGHTS_ANSWER, _requests),
    (P.FUND_KEEP, _funds),
    (P.FUND_MANAGE, _funds),  # nobody holds both: the director does not keep the books
)
