"""What changes about contracts: signing, and closing a period."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.refusals import Conflict, Refused
from contracts import queries, rules
from contracts.models import Appeal, Contract, ContractParty, ContractStation, Deliverable, ScoreSheet
from evaluation.scoring import Line, Scorecard
from programmes import door as programmes
from tenants.models import Tenant


class CannotSign(Refused):
    """The terms break a rule."""


class StationTaken(Conflict):
    """A station is served under another contract on some of these days, or the number is taken."""


class CannotClose(Refused):
    """The period cannot be frozen yet."""


@dataclass(frozen=True)
class Site:
    """A station as a contract names it; `region` is its division code."""

    code: str
    name: str
    region: str


@dataclass(frozen=True)
class Terms:
    """What is signed. `parties` are (role, organisation, area) rows, `deliverables` targets by measure code."""

    number: str
    title: str
    programme: str
    provider: Tenant
    area: str
    starts_on: dt.date
    ends_on: dt.date
    amount: Decimal
    stations: Sequence[Site]
    parties: Sequence[tuple[str, str, str]] = ()
    deliverables: Mapping[str, Decimal] = field(default_factory=dict)


def sign_contract(*, terms: Terms, by: User | None) -> Contract:
    """Put a contract into force, pinned to the edition of its programme that is valid on its first day.

    :raises CannotSign: if the terms break a rule.
    :raises StationTaken: if the number or one of the stations is taken on these days.
    """
    try:
        edition = programmes.programme_on(terms.programme, terms.starts_on)
    except programmes.UnknownProgramme:
        raise CannotSign(_("评估方案在合同开始那天不适用。")) from None
    if problems := rules.signing_problems(
        programme=edition,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        amount=terms.amount,
        stations=[site.code for site in terms.stations],
        deliverables=terms.deliverables,
    ):
        raise CannotSign(problems)
    try:
        with transaction.atomic():
            contract = _write_contract(terms, edition.digest)
            log.write("contracts.contract.signed", on=contract, by=by, operator=terms.provider.slug)
    except IntegrityError as error:
        if "number" in str(error):
            raise StationTaken(_("合同编号 %(number)s 已被使用。") % {"number": terms.number}) from None
        if "station_in_one_contract" in str(error):
            raise StationTaken(_("有站点在这段时间里已属于另一份合同。")) from None
        raise
    return contract


def _write_contract(terms: Terms, digest: str) -> Contract:
    contract = Contract.objects.create(
        number=terms.number,
        title=terms.title,
        programme=terms.programme,
        digest=digest,
        provider=terms.provider,
        area=terms.area,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        amount=terms.amount,
    )
    ContractStation.objects.bulk_create(
        ContractStation(
            contract=contract,
            tenant=terms.provider.slug,
            code=site.code,
            name=site.name,
            region=site.region,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
        )
        for site in terms.stations
    )
    ContractParty.objects.bulk_create(
        ContractParty(contract=contract, role=role, organisation=organisation, area=area)
        for role, organisation, area in terms.parties
    )
    Deliverable.objects.bulk_create(
        Deliverable(contract=contract, measure=measure, target=target) for measure, target in terms.deliverables.items()
    )
    return contract


def close_period(
    *, contract: Contract, as_of: dt.date, today: dt.date, accept_missing: bool = False, by: User | None
) -> ScoreSheet:
    """Freeze and publish the score as of a day. On the contract's last day this closes the contract.

    :raises CannotClose: if the day lies outside the contract or in the future, a later one is published, an appeal
        waits for its answer, a rule is not marked yet, or a rule has no record and that is not accepted.
    """
    with transaction.atomic():
        locked = Contract.objects.select_for_update().get(pk=contract.pk)
        card = queries.scorecard(locked, as_of)
        pending = [line.indicator for line in card.pending]
        if problems := rules.closing_problems(
            as_of=as_of,
            today=today,
            period=locked.period,
            published=list(locked.sheets.values_list("as_of", flat=True)),
            appealed=[appeal.title for appeal in locked.appeals.filter(state=Appeal.State.OPEN)],
            unmarked=[rule.title for rule in pending if rule.by_hand],
            unrecorded=[rule.title for rule in pending if not rule.by_hand],
            accept_missing=accept_missing,
        ):
            raise CannotClose(problems)
        sheet = _freeze(locked, card, by)
        if as_of == locked.ends_on:
            Contract.objects.filter(pk=locked.pk).update(state=Contract.State.CLOSED)
        log.write("contracts.sheet.published", on=sheet, by=by, contract=locked.ref, total=str(sheet.total))
    contract.refresh_from_db()
    return sheet


def _freeze(contract: Contract, card: Scorecard, by: User | None) -> ScoreSheet:
    lines = [frozen_line(line) for line in card.lines]
    quantities = {one.measure.code: str(one.done) for one in queries.progress(contract, card.as_of)}
    vetoes = [veto.code for veto in card.vetoes]
    body = [contract.ref, str(card.as_of), card.programme.digest, lines, quantities, vetoes, str(card.total)]
    return ScoreSheet.objects.create(
        contract=contract,
        as_of=card.as_of,
        lines=lines,
        quantities=quantities,
        total=card.total,
        grade=card.grade.code,
        grade_name=card.grade.name,
        vetoes=vetoes,
        programme_digest=card.programme.digest,
        digest=hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest(),
        published_by=by,
    )


def frozen_line(line: Line) -> dict[str, Any]:
    """Return a line as a score sheet keeps it: numbers as text, so that nothing is rounded on the way."""
    return {
        "code": line.indicator.code,
        "title": line.indicator.title,
        "max_score": str(line.indicator.max_score),
        "score": str(line.points),
        "pending": line.is_pending,
        "reason": line.reason,
        "inputs": {one.measure.code: None if one.value is None else str(one.value) for one in line.inputs},
        "target": None if line.target is None else str(line.target),
        "mark": line.mark.reason if line.mark else "",
    }
