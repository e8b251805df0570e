"""What the page of marks shows of a line: its form, the marks that stand, and whose counts. No database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from contracts.marks import queries, rules
from contracts.marks.forms import MarkForm
from contracts.models import Contract, ContractParty, Mark
from programmes.shapes import Indicator, Programme, Veto


@dataclass(frozen=True)
class StandingMark:
    """The mark a party has standing on a line; `counts` tells whether it is the one in the score."""

    mark: Mark
    party: str
    counts: bool


@dataclass(frozen=True)
class MarkCard:
    """A line that is marked by hand, or a veto: what stands, and the form of who may mark it (None: nobody here)."""

    code: str
    rule: Indicator | None
    veto: Veto | None
    standing: Sequence[StandingMark]
    own: Mark | None
    form: MarkForm | None

    @property
    def title(self) -> str:
        return self.rule.title if self.rule else self.veto.title if self.veto else ""

    @property
    def counted(self) -> Mark | None:
        return next((one.mark for one in self.standing if one.counts), None)


def party_title(party: str) -> str:
    """Return a party in words; marks of the release that did not ask name none."""
    return str(ContractParty.Role(party).label) if party else _("未注明")


def cards(
    contract: Contract, marks: Sequence[Mark], *, user: User, parties: Sequence[str], today: dt.date
) -> list[MarkCard]:
    """Return a card for every line that is marked by hand and for every veto; without `parties` none has a form."""
    edition = contract.edition
    return [card(contract, code, marks, user=user, parties=parties, today=today) for code in markable_codes(edition)]


def card(
    contract: Contract, code: str, marks: Sequence[Mark], *, user: User, parties: Sequence[str], today: dt.date,
    form: MarkForm | None = None,
) -> MarkCard:  # fmt: skip
    """Return the card of one line. `marks` are all of the contract or of the line, in the order they were given."""
    edition = contract.edition
    rule, veto = edition.by_code.get(code), edition.veto(code)
    counted = rules.counting([mark for mark in marks if mark.withdrawn_at is None], edition)
    standing = [
        StandingMark(mark, party_title(party), counted.get(code) == mark)
        for party, mark in queries.latest_by_party(marks).get(code, {}).items()
    ]
    own = queries.own_latest(marks, user).get(code)
    if form is None and parties:
        form = MarkForm(rule=rule, code=code, parties=parties, today=today, given=own)
    return MarkCard(code, rule, veto, standing, own, form)


def markable_codes(edition: Programme) -> list[str]:
    """Return the codes of the lines that are marked by hand, then of the vetoes."""
    return [rule.code for rule in edition.leaves if rule.by_hand] + [veto.code for veto in edition.vetoes]


def titles_of(edition: Programme) -> Mapping[str, str]:
    """Return the titles of everything that can carry a mark, by code."""
    rows: list[Any] = [*edition.leaves, *edition.vetoes]
    return {row.code: _(row.title) for row in rows}
