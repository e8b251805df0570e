"""What changes about contracts: signing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.refusals import Conflict, Refused
from contracts import rules
from contracts.models import Contract, ContractParty, ContractStation, Deliverable
from programmes import door as programmes
from tenants.models import Tenant


class CannotSign(Refused):
    """The terms break a rule."""


class StationTaken(Conflict):
    """A station is served under another contract on some of these days, or the number is taken."""


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
