"""Scorecards and contracts as a page shows them: rows and tabs. No database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import can
from accounts.permissions import Permission
from contracts.models import Contract
from evaluation.scoring import Line, Scorecard
from programmes.shapes import Indicator, Programme

# What a fact's source is called, and the agency's page of it where it has one.
SOURCES: Final[Mapping[str, tuple[Any, str]]] = {
    "records.record": (gettext_lazy("服务记录"), "records:record"),
    "clients.client": (gettext_lazy("服务对象档案"), ""),
    "clients.household": (gettext_lazy("家庭档案"), ""),
    "volunteers.volunteer": (gettext_lazy("志愿者档案"), ""),
    "volunteers.hours": (gettext_lazy("志愿服务时长"), ""),
    "volunteers.training": (gettext_lazy("志愿者培训"), ""),
    "people.posting": (gettext_lazy("人员任职"), ""),
    "supervision.booking": (gettext_lazy("督导"), "supervision:booking"),
}


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: in words, the number that tells it from others, and its page on the agency's host."""

    title: str
    ref: str
    page: str


def source_of(text: str) -> Source:
    """Return what a fact's source, "<app>.<noun>:<ref>" with parts after another colon, is to a person."""
    kind, _colon, rest = text.partition(":")
    title, page = SOURCES.get(kind, (gettext_lazy("其他来源"), ""))
    return Source(str(title), rest.partition(":")[0], page)


@dataclass(frozen=True)
class ScoreRow:
    """A row of the score table: a group with its points, or a line. `moved` is the change since the day before it."""

    indicator: Indicator
    points: Decimal
    line: Line | None
    moved: Decimal | None = None


def score_rows(card: Scorecard, before: Mapping[str, Decimal] | None = None) -> list[ScoreRow]:
    """Return the tree from the top down, groups before their lines. `before` holds earlier points by code."""
    return list(_below(card, "", before or {}))


def _below(card: Scorecard, parent: str, before: Mapping[str, Decimal]) -> Iterator[ScoreRow]:
    for indicator in card.programme.children(parent):
        points = card.subtotals.get(indicator.code, Decimal(0))
        moved = points - before[indicator.code] if indicator.code in before else None
        yield ScoreRow(indicator, points, card.line(indicator.code) if indicator.is_leaf else None, moved)
        yield from _below(card, indicator.code, before)


def leaf_points(programme: Programme, scores: tuple[Decimal | None, ...]) -> dict[str, Decimal]:
    """Return points by code from the scores of one statement."""
    pairs = zip(programme.leaves, scores, strict=True)
    return {rule.code: points if points is not None else Decimal(0) for rule, points in pairs}


def tabs(request: HttpRequest, contract: Contract, current: str) -> list[tuple[str, str, bool]]:
    """Return the tabs of a contract on the shared host that this person may open."""
    pages = [
        ("contract", _("概况与进度"), Permission.CONTRACT_VIEW),
        ("scorecard", _("评分表"), Permission.SCORE_VIEW),
        ("marks", _("人工评分"), Permission.SCORE_VIEW),
        ("sheets", _("公布的得分"), Permission.SCORE_VIEW),
        ("history", _("经过"), Permission.CONTRACT_VIEW),
    ]
    return [
        (label, reverse(f"contracts:{page}", args=[contract.ref]), page == current)
        for page, label, permission in pages
        if can(request, permission)
    ]


def crumbs(contract: Contract, *last: str, under: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    """Return the breadcrumbs of a page about a contract; without `last` the contract itself is the page.

    `under` is the label and the URL name of the contract's page that this one lies under.
    """
    here = reverse("contracts:contract", args=[contract.ref]) if last else ""
    between = [(under[0], reverse(under[1], args=[contract.ref]))] if under else []
    top = (_("购买合同"), reverse("contracts:list"))
    return [top, (contract.title, here), *between, *((label, "") for label in last)]
