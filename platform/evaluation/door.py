"""How facts come in. Workrooms and supervision record here, in the transaction of the act itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from evaluation.models import Thing
from evaluation.models import Why as Why  # callers say it
from programmes.measures import RECORDED
from tenants.places import NoTenant
from tenants.running import current

Sort = Thing.Sort
BATCH = 10_000
# `evaluation.why` is what the database writes beside a version (migration 0004); it holds for this statement's rows.
UPSERT = """
    INSERT INTO public.evaluation_fact AS fact
        (tenant, station, measure, occurred_on, quantity, source, subject_key, thing, recorded_on)
    SELECT %s, said.*
    FROM unnest(%s::text[], %s::text[], %s::date[], %s::numeric[], %s::text[], %s::text[], %s::bigint[], %s::date[])
        AS said
    WHERE set_config('evaluation.why', %s, true) IS NOT NULL
    ON CONFLICT (tenant, measure, source) DO UPDATE
    SET station = excluded.station, occurred_on = excluded.occurred_on, quantity = excluded.quantity,
        subject_key = excluded.subject_key, thing = excluded.thing, recorded_on = excluded.recorded_on
    WHERE (fact.station, fact.occurred_on, fact.quantity, fact.subject_key, fact.thing, fact.recorded_on)
        IS DISTINCT FROM (excluded.station, excluded.occurred_on, excluded.quantity, excluded.subject_key,
            excluded.thing, excluded.recorded_on)
"""
# The rows whose source starts with a prefix. Sources are refs, so the prefix is taken as it is, without wildcards.
# What is still said stays as it is: only a fact that changes gets a version.
WITHDRAW = """
    DELETE FROM public.evaluation_fact
    WHERE tenant = %s AND (source = %s OR source LIKE %s)
      AND (measure, source) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[]))
      AND set_config('evaluation.why', %s, true) IS NOT NULL
"""
THINGS = """
    INSERT INTO public.evaluation_thing AS thing
        (tenant, thing, sort, station, community, kind, audience, opened_on, closed_on)
    SELECT %s, said.*
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[])
        AS said
    ON CONFLICT (tenant, thing) DO UPDATE
    SET station = excluded.station, community = excluded.community, kind = excluded.kind,
        audience = excluded.audience, opened_on = least(thing.opened_on, excluded.opened_on),
        closed_on = excluded.closed_on
    WHERE (thing.station, thing.community, thing.kind, thing.audience, thing.closed_on) IS DISTINCT FROM
        (excluded.station, excluded.community, excluded.kind, excluded.audience, excluded.closed_on)
        OR excluded.opened_on < thing.opened_on
"""


class UnknownMeasure(ValueError):
    """A fact names a measure that is not in the catalogue, or one that is derived and never recorded."""


class WrongAgency(RuntimeError):
    """Facts of one agency were offered while standing in another."""


@dataclass(frozen=True)
class Belonging:
    """The thing that facts belong together by (`evaluation.models.Thing`): a group, a case, an activity, a household.

    `sort` is one of `Sort`. `key` is the agency's keyed hash of it, a signed whole number of eight bytes. Codes and
    days only, no words.
    """

    key: int
    sort: str
    community: str = ""
    kind: str = ""
    audience: str = ""
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True)
class Fact:
    """`station` is the station's code, `occurred_on` a Shanghai day, `quantity` in the measure's unit.

    `source` names the row that says it, "app.model:ref" (at most 80 characters; a part may follow after ":").
    `subject` is the agency's keyed hash of a person, or ''. `thing` is what it belongs to, if that is known.
    `recorded_on` is the day on which the source was written down, where it is told.
    """

    station: str
    measure: str
    occurred_on: date
    quantity: Decimal | int
    source: str
    subject: str = ""
    thing: Belonging | None = None
    recorded_on: date | None = None


def record_facts(*, tenant: str, facts: Iterable[Fact], why: str = Why.CORRECTED) -> int:
    """Say what is true of these sources, once each: saying it again changes nothing, saying it anew replaces it.

    What is replaced stays as a version with `why`. One statement for every 10,000 facts, so that a whole year's records
    load as well as one visit, and one for their things. Returns how many facts were said.

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
                cursor.execute(UPSERT, [tenant, *_columns(rows[start : start + BATCH]), why])
            if things := _things(rows):
                cursor.execute(THINGS, [tenant, *things])
    return len(rows)


def replace_facts(*, tenant: str, source_prefix: str, facts: Iterable[Fact], why: str = Why.CORRECTED) -> int:
    """Correct a source: what it no longer says disappears. Every fact's source starts with `source_prefix`.

    :raises UnknownMeasure: as `record_facts`.
    :raises WrongAgency: as `record_facts`.
    :raises ValueError: if a fact belongs to another source.
    """
    rows = list(facts)
    if strange := [fact.source for fact in rows if not _belongs(fact.source, source_prefix)]:
        raise ValueError(f"not of {source_prefix}: {strange[0]}")
    with transaction.atomic(savepoint=False):
        _take_back(tenant, source_prefix, rows, why)
        return record_facts(tenant=tenant, facts=rows, why=why)


def withdraw_facts(*, tenant: str, source_prefix: str, why: str = Why.WITHDRAWN) -> int:
    """Take back everything a source said ("records.record:k3…" and its parts "records.record:k3…:…").

    It is said no more; that it was known, until when and why not any longer, stays (`evaluation.models.FactVersion`).

    :raises WrongAgency: as `record_facts`.
    :raises ValueError: if the prefix names no row, since it would take back a whole app's facts.
    """
    return _take_back(tenant, source_prefix, [], why)


def _take_back(tenant: str, prefix: str, but: list[Fact], why: str) -> int:
    _check_place(tenant)
    if not prefix.partition(":")[2] or set("%_\\") & set(prefix.partition(":")[2]):
        raise ValueError(f"not a source: {prefix!r}")
    pattern = prefix.replace("_", "\\_") + ":%"
    stays = [[fact.measure for fact in but], [fact.source for fact in but]]
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, [tenant, prefix, pattern, *stays, why])
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
        [fact.thing.key if fact.thing else None for fact in rows],
        [fact.recorded_on for fact in rows],
    ]


def _things(rows: list[Fact]) -> list[list[object]]:
    """Return the columns of the things that these facts belong to, once each, in the order of their keys."""
    found = {fact.thing.key: (fact.thing, fact.station) for fact in rows if fact.thing}
    told = [found[key] for key in sorted(found)]
    columns: list[list[object]] = [
        [thing.key for thing, _ in told],
        [thing.sort for thing, _ in told],
        [station for _, station in told],
        [thing.community for thing, _ in told],
        [thing.kind for thing, _ in told],
        [thing.audience for thing, _ in told],
        [thing.opened_on for thing, _ in told],
        [thing.closed_on for thing, _ in told],
    ]
    return columns if told else []
