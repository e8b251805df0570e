"""Reports on the clock: what is owed, what was published, publish one, and correct one by another."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict, Refused
from disclosure import door as disclosure
from services.funds.models import Campaign, Fund, Report
from services.funds.reports import figures
from services.funds.reports.deadlines import FINAL, Campaigned, DueReport, due_reports
from services.funds.rules import rules_of
from services.journal import log
from tenants.running import current_slug


class AlreadyPublished(Conflict):
    """The report of this period is published; it can only be corrected."""


class NothingToCorrect(Refused):
    """The books say what the report said."""


@dataclass(frozen=True)
class Owed:
    """A report owed, and the last that was published of it, if any."""

    due: DueReport
    report: Report | None
    is_overdue: bool


def owed(fund: Fund, today: dt.date) -> list[Owed]:
    """Return every report the fund owes, the latest due first, with what was published: two queries."""
    return _owed(fund, fund.reports.select_related("campaign").order_by("pk"), today)


def overdue(fund: Fund, today: dt.date) -> list[DueReport]:
    """Return the reports that should be published by now and are not."""
    return [row.due for row in owed(fund, today) if row.is_overdue]


def overdue_of(funds: Sequence[Fund], today: dt.date) -> dict[int, list[DueReport]]:
    """Return by fund id the reports that should be published by now and are not.

    One query, if the funds come with their campaigns.
    """
    published: dict[int, list[Report]] = {fund.pk: [] for fund in funds}
    for report in Report.objects.filter(fund__in=published).select_related("campaign").order_by("pk"):
        published[report.fund_id].append(report)
    return {fund.pk: [row.due for row in _owed(fund, published[fund.pk], today) if row.is_overdue] for fund in funds}


def _owed(fund: Fund, reports: Iterable[Report], today: dt.date) -> list[Owed]:
    campaigns = [Campaigned(one.ref, one.name, one.starts_on, one.ends_on) for one in fund.campaigns.all()]
    found = due_reports(
        opened_on=fund.opened_on, closed_on=fund.closed_on, rules=rules_of(fund.programme, fund.digest),
        campaigns=campaigns, today=today,
    )  # fmt: skip
    published = {_key(report): report for report in reports}
    rows = []
    for due in found:
        report = published.get((due.kind, due.campaign, due.to_on))
        rows.append(Owed(due, report, report is None and due.is_overdue(today)))
    return rows


def find(fund: Fund, kind: str, period: str, today: dt.date) -> Owed | None:
    """Return what is owed of a period, or None."""
    return next((row for row in owed(fund, today) if (row.due.kind, row.due.period) == (kind, period)), None)


def figures_of(fund: Fund, due: DueReport, today: dt.date) -> dict[str, Any]:
    """Return the figures of what is owed, out of the books as they stand now."""
    if due.kind == FINAL:
        campaign = fund.campaigns.select_related("fund", "purpose").get(ref=due.campaign)
        return figures.of_campaign(campaign, today)
    return figures.of_period(fund, due.from_on, due.to_on)


@transaction.atomic
def publish(
    *, fund: Fund, due: DueReport, words: str, today: dt.date, by: User, corrects: Report | None = None
) -> Report:
    """Publish a report with the figures of now, or a correction of one; figures and words are frozen with it.

    :raises AlreadyPublished: for the same period again, or a correction of what was corrected meanwhile.
    :raises NothingToCorrect: if the books still say what `corrects` said.
    """
    fund = Fund.objects.select_for_update(of=("self",), no_key=True).get(pk=fund.pk)
    with translation.override("zh-hans"):  # what is published speaks the language of its law, whoever publishes
        row = find(fund, due.kind, due.period, today)
        title = row.due.title if row else due.title
        title = _("%(report)s（更正）") % {"report": title} if corrects else title
    last = row.report if row else None
    if (last and last.pk) != (corrects and corrects.pk):
        raise AlreadyPublished(_("这份报告已经公开；数字有变化时请发布更正。"))
    found = figures_of(fund, due, today)
    if corrects and figures.same(corrects.figures, found):
        raise NothingToCorrect(_("账簿里的数字和已公开的一样，不用更正。"))
    campaign = Campaign.objects.get(ref=due.campaign) if due.campaign else None
    report = Report(
        fund=fund, campaign=campaign, kind=due.kind, from_on=due.from_on, to_on=due.to_on, due_on=due.due_on,
        corrects=corrects, words=words, published_by=by.ref,
    )  # fmt: skip
    report.figures = {**found, **({"corrects": _source(corrects)} if corrects else {})}
    report.save()
    disclosure.publish_report(tenant=current_slug(), report=disclosure.ReportSaid(
        fund=fund.ref, source=_source(report), kind=due.kind, title=title, from_on=due.from_on, to_on=due.to_on,
        due_on=due.due_on, figures=report.figures, words=words,
    ))  # fmt: skip
    log.write("funds.report.published", on=report, by=by, kind=due.kind, to_on=due.to_on.isoformat())
    return report


def _source(report: Report) -> str:
    return f"funds.report:{report.ref}"


def _key(report: Report) -> tuple[str, str, dt.date]:
    return report.kind, report.campaign.ref if report.campaign else "", report.to_on
