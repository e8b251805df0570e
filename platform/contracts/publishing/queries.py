"""What is asked about published scores: their state, their versions, which the public may see, and forgeries."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contracts import queries
from contracts.models import Appeal, Contract, ScoreSheet
from contracts.publishing import body
from contracts.publishing.rules import Publication, publication_of
from evaluation.scoring import Scorecard
from programmes import door as programmes

DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST_FILE = 1024 * 1024  # a sheet of 130 lines with long reasons has 200 KB


class SheetState(models.TextChoices):
    """How far a published score is; it is worked out, never stored."""

    ON_NOTICE = "on_notice", _("公示中")
    DUE = "due", _("期满待定稿")
    FINAL = "final", _("已定稿")
    REPLACED = "replaced", _("已被更正")


def sheets_of(contract: Contract) -> QuerySet[ScoreSheet]:
    """Return the published scores of a contract with what their state and their file need: the newest first."""
    return contract.sheets.select_related("published_by", "confirmation", "replaced_by", "replaces")


def state_of(sheet: ScoreSheet, now: dt.datetime) -> SheetState:
    """Return the state of a sheet (from `sheets_of`) at a moment of the database's clock."""
    if hasattr(sheet, "replaced_by"):
        return SheetState.REPLACED
    if sheet.open_until is None or hasattr(sheet, "confirmation"):
        return SheetState.FINAL
    return SheetState.ON_NOTICE if now < sheet.open_until else SheetState.DUE


def appealable_lines(sheet: ScoreSheet, now: dt.datetime) -> frozenset[str]:
    """Return the codes of the lines of a published score that can be appealed at this moment."""
    if sheet.appeal_until is None or now >= sheet.appeal_until or hasattr(sheet, "replaced_by"):
        return frozenset()
    lost = {line["code"] for line in sheet.lines if Decimal(line["score"]) < Decimal(line["max_score"])}
    return frozenset((lost | set(sheet.vetoes)) - appealed_before(sheet))


def appealed_before(sheet: ScoreSheet) -> frozenset[str]:
    """Return the lines that were appealed against this day's score already: each is once, unless a correction
    changed it since."""
    made = Appeal.objects.filter(sheet__contract=sheet.contract, sheet__as_of=sheet.as_of)
    changed = {change["code"] for change in sheet.changes}
    return frozenset(
        code
        for code, state, about in made.values_list("code", "state", "sheet")
        if state == Appeal.State.OPEN or about == sheet.pk or code not in changed
    )


def unsettled_appeals(contract: Contract, sheet: ScoreSheet) -> list[Appeal]:
    """Return the upheld appeals that had no effect: none was named, and the line has no more points than before.

    An answer of today names its effect; these are appeals that were answered before it had to.
    """
    scores = {line["code"]: Decimal(line["score"]) for line in sheet.lines}
    found = []
    for appeal in contract.appeals.filter(state=Appeal.State.ACCEPTED, effect="").order_by("pk"):
        points = scores.get(appeal.code, Decimal(0 if appeal.code in sheet.vetoes else 1))
        if points <= appeal.points:
            appeal.contract = contract
            found.append(appeal)
    return found


def points_on(card: Scorecard, code: str) -> Decimal:
    """Return the points of a line on a scorecard; a veto has 0 where it was found, else 1."""
    if card.programme.veto(code):
        return Decimal(0) if any(veto.code == code for veto in card.vetoes) else Decimal(1)
    return card.line(code).points


@dataclass(frozen=True)
class Moved:
    """How the live score differs from the newest published one of the same day."""

    sheet: ScoreSheet
    live: Decimal
    codes: tuple[str, ...]


def moved_since(contract: Contract) -> Moved | None:
    """Return what moved since the newest sheet was published, scored as of its day; None where nothing did."""
    sheet = sheets_of(contract).filter(replaced_by=None).first()
    if sheet is None:
        return None
    card = queries.scorecard(contract, sheet.as_of)
    frozen = {line["code"]: Decimal(line["score"]) for line in sheet.lines}
    codes = [line.indicator.code for line in card.lines if frozen.get(line.indicator.code) != line.points]
    vetoes = {veto.code for veto in card.vetoes} ^ set(sheet.vetoes)
    return Moved(sheet, card.total, (*codes, *sorted(vetoes))) if codes or vetoes else None


def public_sheets() -> QuerySet[ScoreSheet]:
    """Return the published scores that the public may see something of, in their newest version."""
    digests = [one.digest for one in programmes.editions() if publication_of(one).shows("total")]
    found = ScoreSheet.objects.filter(contract__digest__in=digests)
    return found.select_related("contract__provider", "confirmation", "replaced_by", "replaces")


class Verdict(StrEnum):
    """What is said of a file or a digest that somebody holds."""

    GENUINE = "genuine"
    REPLACED = "replaced"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verified:
    """A verdict; `sheet` is the one it speaks of and `newest` its newest version, both None where it is unknown.

    `public` says how much of it may be told to anybody.
    """

    verdict: Verdict
    sheet: ScoreSheet | None = None
    newest: ScoreSheet | None = None
    public: Publication | None = None


def verify_digest(text: str) -> Verified:
    """Say whether a digest is that of a published score, and whether the score still stands."""
    digest = "".join(text.lower().split())
    if not DIGEST.fullmatch(digest):
        return Verified(Verdict.UNKNOWN)
    sheet = _whole().filter(digest=digest).first()
    if sheet is None:
        return Verified(Verdict.UNKNOWN)
    if not body.is_whole(sheet):  # somebody with the database in hand has changed the row
        return _verified(Verdict.CHANGED, sheet)
    return _verified(Verdict.REPLACED if hasattr(sheet, "replaced_by") else Verdict.GENUINE, sheet)


def verify_file(data: bytes) -> Verified:
    """Say whether a file is a published score byte by byte; one that names a score and differs was changed."""
    known = verify_digest(hashlib.sha256(data).hexdigest())
    if known.verdict != Verdict.UNKNOWN:
        return known
    named = _named(data)
    sheet = _whole().filter(named).first() if named else None
    return _verified(Verdict.CHANGED, sheet) if sheet else known


def _named(data: bytes) -> Q | None:
    """Return which sheet a file says it is, in either format; None where it says nothing of the kind."""
    try:
        told: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(told, dict) and isinstance(told.get("sheet"), str):
        return Q(ref=told["sheet"][:16])
    if isinstance(told, list) and len(told) == 7 and all(isinstance(one, str) for one in told[:2]):
        try:
            return Q(contract__ref=told[0][:16], as_of=dt.date.fromisoformat(told[1]), version=1)
        except ValueError:
            return None
    return None


def _verified(verdict: Verdict, sheet: ScoreSheet) -> Verified:
    newest = _whole().filter(contract=sheet.contract, as_of=sheet.as_of).order_by("-version").first()
    return Verified(verdict, sheet, newest, publication_of(sheet.contract.edition))


def _whole() -> QuerySet[ScoreSheet]:
    return ScoreSheet.objects.select_related("contract__provider", "confirmation", "replaced_by", "replaces")


def versions_of(sheet: ScoreSheet) -> Sequence[ScoreSheet]:
    """Return all versions of the score of this day, the newest first."""
    return list(_whole().filter(contract=sheet.contract, as_of=sheet.as_of).order_by("-version"))
