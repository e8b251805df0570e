"""How facts come in. Workrooms and supervision record here, in the transaction of the act itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from programmes.measures import RECORDED
from tenants.places import NoTenant
from tenants.running import current

BATCH = 10_000
UPSERT = """
    INSERT INTO public.evaluation_fact (tenant, station, measure, occurred_on, quantity, source, subject_key)
    SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::date[], %s::numeric[], %s::text[], %s::text[])
    ON CONFLICT (tenant, measure, source) DO UPDATE
    SET station = excluded.station, occurred_on = excluded.occurred_on, quantity = excluded.quantity,
        subject_key = excluded.subject_key
"""
# The rows whose source starts with a prefix. Sources are refs, so the prefix is taken as it is, without wildcards.
WITHDRAW = "DELETE FROM public.evaluation_fact WHERE tenant = %s AND (source = %s OR source LIKE %s)"


class UnknownMeasure(ValueError):
    """A fact names a measure that is not in the catalogue, or one that is derived and never recorded."""


class WrongAgency(RuntimeError):
    """Facts of one agency were offered while standing in another."""


@dataclass(frozen=True)
class Fact:
    """`station` is the station's code, `occurred_on` a Shanghai day, `quantity` in the measure's unit.

    `source` names the row that says it, "app.model:ref" (at most 80 characters; a part may follow after ":").
    `subject` is the agency's keyed hash of a person, or ''.
    """

    station: str
    measure: str
    occurred_on: date
    quantity: Decimal | int
    source: str
    subject: str = ""


def record_facts(*, tenant: str, facts: Iterable[Fact]) -> int:
    """Say what is true of these sources, once each: saying it again changes nothing, saying it anew replaces it.

    One statement for every 10,000 facts, so that a whole year's records load as well as one visit. Returns how many
    facts were said.

    :raises UnknownMeasure: if a measure is not recorded by anybody.
    :raises WrongAgency: if we stand in another agency than `tenant`.
    """
    _check_place(tenant)
    rows = list(facts)
    if unknown := sorted({fact.measure for fact in rows} - RECORDED):
        raise UnknownMeasure(", ".join(unknown))
    if rows:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            for start in range(0, len(rows), BATCH):
                cursor.execute(UPSERT, [tenant, *_columns(rows[start : start + BATCH])])
    return len(rows)


def replace_facts(*, tenant: str, source_prefix: str, facts: Iterable[Fact]) -> int:
    """Correct a source: what it no longer says disappears. Every fact's source starts with `source_prefix`.

    :raises UnknownMeasure: as `record_facts`.
    :raises WrongAgency: as `record_facts`.
    :raises ValueError: if a fact belongs to another source.
    """
    rows = list(facts)
    if strange := [fact.source for fact in rows if not _belongs(fact.source, source_prefix)]:
        raise ValueError(f"not of {source_prefix}: {strange[0]}")
    with transaction.atomic(savepoint=False):
        withdraw_facts(tenant=tenant, source_prefix=source_prefix)
        return record_facts(tenant=tenant, facts=rows)


def withdraw_facts(*, tenant: str, source_prefix: str) -> int:
    """Take back everything a source said ("records.record:k3…" and its parts "records.record:k3…:…").

    :raises WrongAgency: as `record_facts`.
    :raises ValueError: if the prefix names no row, since it would take back a whole app's facts.
    """
    _check_place(tenant)
    if not source_prefix.partition(":")[2] or set("%_\\") & set(source_prefix.partition(":")[2]):
        raise ValueError(f"not a source: {source_prefix!r}")
    pattern = source_prefix.replace("_", "\\_") + ":%"
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, [tenant, source_prefix, pattern])
        return int(cursor.rowcount)


def _belongs(source: str, prefix: str) -> bool:
    return source == prefix or source.startswith(f"{prefix}:")


def _check_place(tenant: str) -> None:
    place = current()
    if place is None:
        raise NoTenant("facts are recorded from an agency or from the shared floor")
    if not place.is_public and place.slug != tenant:
        raise WrongAgency(f"facts of {tenant} offered in {place.slug}")


def _columns(rows: list[Fact]) -> list[list[object]]:
    return [
        [fact.station for fact in rows],
        [fact.measure for fact in rows],
        [fact.occurred_on for fact in rows],
        [Decimal(fact.quantity) for fact in rows],
        [fact.source for fact in rows],
        [fact.subject for fact in rows],
    ]
