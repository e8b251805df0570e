"""How funds publish: in the transaction of the act itself, never with a person in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from common.texts.names import readings
from disclosure import presentation
from disclosure.models import BookAnchor, Movement, Notice, PublicFund, PublishedReport
from tenants.running import current


class WrongAgency(RuntimeError):
    """Something of one agency was offered while standing in another."""


@dataclass(frozen=True)
class FundFace:
    """What the public sees of a fund. `rules` are its allocation rules, one sentence each."""

    fund: str
    name: str
    agency: str
    custodian: str
    area: str
    purpose_text: str
    rules: Sequence[str]
    opened_on: dt.date
    closed_on: dt.date | None = None


@dataclass(frozen=True)
class NoticeSaid:
    """A grant on public notice: `source` names the application and its round, `place` is a street's division code."""

    fund: str
    source: str
    number: str
    kind: str
    title: str
    cause: str
    place: str
    amount: Decimal
    from_on: dt.date
    to_on: dt.date


@dataclass(frozen=True)
class ReportSaid:
    """A report as published; `figures` are numbers by name, `words` the fund's own explanation."""

    fund: str
    source: str
    kind: str
    title: str
    from_on: dt.date
    to_on: dt.date
    due_on: dt.date
    figures: dict[str, Any]
    words: str


def publish_fund(*, tenant: str, face: FundFace) -> None:
    """Show a fund to the public, or bring what is shown up to date."""
    _check_place(tenant)
    said = {name: value for name, value in vars(face).items() if name != "fund"}
    said["rules"] = list(face.rules)
    said["pinyin"], said["initials"] = readings(face.name)[-1]
    PublicFund.objects.update_or_create(fund=face.fund, tenant=tenant, defaults={**said, "changed_at": timezone.now()})


def publish_movement(
    *,
    tenant: str,
    fund: str,
    source: str,
    occurred_on: dt.date,
    amount: Decimal,
    category: str,
    purpose: str,
    giver: str = "",
) -> None:
    """Publish money or goods in (above zero) or out of a fund. The same `source` is published once.

    :param giver: an organisation, or a person who agreed to be named; '' for everybody else.
    """
    _check_place(tenant)
    Movement.objects.bulk_create(
        [Movement(tenant=tenant, fund=fund, source=source, occurred_on=occurred_on, amount=amount, category=category,
                  purpose=purpose, giver=giver)],
        ignore_conflicts=True,
    )  # fmt: skip


def publish_notice(*, tenant: str, notice: NoticeSaid) -> None:
    """Put a grant on public notice; the same source again brings it up to date."""
    _check_place(tenant)
    said = {name: value for name, value in vars(notice).items() if name != "source"}
    Notice.objects.update_or_create(
        tenant=tenant, source=notice.source, defaults={**said, "state": Notice.State.RUNNING}
    )


def end_notice(*, tenant: str, source: str, withdrawn: bool = False) -> None:
    """Say that a notice ended, or that it was taken down; an unknown one changes nothing."""
    _check_place(tenant)
    state = Notice.State.WITHDRAWN if withdrawn else Notice.State.ENDED
    Notice.objects.filter(tenant=tenant, source=source).update(state=state)


def publish_report(*, tenant: str, report: ReportSaid) -> None:
    """Publish a report. What was published stays: the same source a second time changes nothing."""
    _check_place(tenant)
    PublishedReport.objects.get_or_create(tenant=tenant, source=report.source, defaults={
        name: value for name, value in vars(report).items() if name != "source"
    })  # fmt: skip


def anchor_book(*, tenant: str, fund: str, on: dt.date, entries: int, digest: str) -> None:
    """Keep where a fund's books stood at a day's end, once a day; a second word on the same day changes nothing."""
    _check_place(tenant)
    BookAnchor.objects.bulk_create(
        [BookAnchor(tenant=tenant, fund=fund, on=on, entries=entries, digest=digest)], ignore_conflicts=True
    )


def anchors(*, tenant: str, fund: str) -> list[tuple[dt.date, int, str]]:
    """Return what was kept of a fund's books: (day, entries, digest), oldest first."""
    _check_place(tenant)
    kept = BookAnchor.objects.filter(tenant=tenant, fund=fund).order_by("on")
    return list(kept.values_list("on", "entries", "digest"))


def report_tables(figures: dict[str, Any]) -> dict[str, Any]:
    """Return a report's figures as the public page shows them: `groups` of (label, text), a table of `purposes`."""
    return {"groups": presentation.figure_rows(figures), "purposes": presentation.purpose_table(figures)}


def _check_place(tenant: str) -> None:
    place = current()
    if place and not place.is_public and place.slug != tenant:
        raise WrongAgency(f"{place.slug} may not publish for {tenant}")
