"""What waits for this person, as counts that each open their own list: what is overdue first, then the most."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import can
from accounts.permissions import Permission as P
from services.clients.models import DataAlert
from services.funds import reporting
from services.funds.models import BankLine, Fund
from services.grants import queries as grants
from services.grants.access import visible_applications
from services.records.views_today import Day, own_stations
from services.rights.access import requests_due
from services.volunteers.models import HourRecord


@dataclass(frozen=True)
class Waiting:
    """How many things of one kind wait, where they are listed, and whether some are past their day."""

    label: str
    count: int
    unit: str
    href: str
    hint: str = ""
    is_late: bool = False


def waiting(request: HttpRequest, day: Day, today: dt.date) -> list[Waiting]:
    """Return every kind of work this person has a hand in, the pressing first; a count of 0 says that nothing waits."""
    found = [*_records(request, day), *_stations(request, day, today)]
    found += [one for permission, ask in ASKED if can(request, permission) for one in ask(request, today)]
    return sorted(found, key=lambda one: (not (one.is_late and one.count), not one.count, -one.count))


def _hours(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    count = HourRecord.objects.filter(state=HourRecord.State.WAITING).count()
    yield Waiting(_("待核实的志愿时长"), count, _("条"), _list("volunteers:hours", state="waiting"))


def _applications(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    count = grants.waiting_for(request, visible_applications(request, today)).count()
    yield Waiting(_("待我处理的资助申请"), count, _("件"), _list("grants:list", queue="mine"))


def _requests(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    due = requests_due(request, today)
    words = {"late": due.late, "soon": due.soon}
    hint = _("已逾期 %(late)d 件，三个工作日内到期 %(soon)d 件") % words if due.late or due.soon else ""
    yield Waiting(_("个人信息请求"), due.open, _("件"), _list("rights:list", state="waiting"), hint, bool(due.late))


def _alerts(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    count = DataAlert.objects.filter(settled_at=None).count()
    yield Waiting(_("数据安全提醒"), count, _("条"), _list("rights:alerts", state="open"), is_late=True)


def _funds(request: HttpRequest, today: dt.date) -> Iterator[Waiting]:
    for fund in Fund.objects.filter(closed_on=None).prefetch_related("campaigns"):
        if reports := reporting.overdue(fund, today):
            href = reverse("funds:reports", args=[fund.ref])
            yield Waiting(_("逾期未公布的报告"), len(reports), _("份"), href, fund.name, is_late=True)
        if can(request, P.FUND_KEEP):
            lines = BankLine.objects.filter(fund=fund, state=BankLine.State.WAITING).count()
            href = f"{reverse('funds:bank', args=[fund.ref])}?state={BankLine.State.WAITING}"
            yield Waiting(_("待核对的银行流水"), lines, _("笔"), href, fund.name)


def _records(request: HttpRequest, day: Day) -> Iterator[Waiting]:
    if can(request, P.RECORD_COUNTERSIGN):
        yield Waiting(_("等我签核"), day.waiting, _("条"), _list("records:list", state="waiting"))
    if day.returned:
        yield Waiting(_("被退回的记录"), day.returned, _("条"), _list("records:list", state="returned"))


def _stations(request: HttpRequest, day: Day, today: dt.date) -> Iterator[Waiting]:
    """The stations in one's hands that wait for supervision for longer than allowed; the contracts that lag."""
    if can(request, P.SUPERVISION_BOOK):
        late = day.overdue
        own = {} if can(request, P.CLIENT_VIEW_ALL) else {"station": own_stations(request, today)}
        hint = _("最久超期 %(days)d 天") % {"days": late[0].days_overdue} if late else ""
        href = _list("supervision:clocks", state="overdue", **own)
        yield Waiting(_("督导超期的站点"), len(late), _("个"), href, hint, is_late=True)
    if can(request, P.STATION_MANAGE):
        href = _list("contracts:own", state="active", progress="behind", sort="total")
        yield Waiting(_("进度落后的合同"), len(day.lagging), _("份"), href)


def _list(page: str, **query: Any) -> str:
    return f"{reverse(page)}?{urlencode(query, doseq=True)}"


ASKED: Final[tuple[tuple[P, Callable[[HttpRequest, dt.date], Iterator[Waiting]]], ...]] = (
    (P.VOLUNTEER_VERIFY, _hours),
    (P.GRANT_VIEW, _applications),
    (P.RIGHTS_ANSWER, _requests),
    (P.LOG_VIEW, _alerts),  # the data officer's
    (P.FUND_KEEP, _funds),
    (P.FUND_MANAGE, _funds),  # nobody holds both: the director does not keep the books
)
