"""The score of many contracts at once: the same rules as `evaluation.methods`, as one SQL statement.

Python explains one contract line by line; this ranks all of them. Both give the same points for every line: the
arithmetic is numeric in both, a quotient is formed once and last, and one declared rule rounds it.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from evaluation.known import as_known
from evaluation.scoring import Standing, standing
from programmes.measures import LEVELS, PEOPLE_OF, recorded_by
from programmes.shapes import Grade, Programme

ROUND = {
    "half_up": "round({0}, 2)",
    "half_even": "CASE WHEN {0} * 100 - trunc({0} * 100) = 0.5 AND mod(trunc({0} * 100), 2) = 0"
    " THEN trunc({0}, 2) ELSE round({0}, 2) END",
}
FACTS = """
        SELECT scope.case_no, fact.measure, fact.quantity, fact.subject_key
        FROM scope JOIN {facts} AS fact ON fact.tenant = scope.tenant AND fact.station = scope.station
        WHERE fact.measure = ANY(%(measures)s) AND fact.occurred_on <= scope.as_of
          AND (fact.occurred_on >= scope.starts_on OR fact.measure = ANY(%(levels)s))
"""
STATEMENT = """
    WITH scope AS (
        SELECT * FROM unnest(%(cases)s::int[], %(tenants)s::text[], %(stations)s::text[], %(starts)s::date[],
            %(days)s::date[]) AS t (case_no, tenant, station, starts_on, as_of)
    ), facts AS MATERIALIZED ({facts}), persons AS (
        SELECT DISTINCT facts.case_no, people.measure, facts.subject_key
        FROM facts JOIN unnest(%(people)s::text[], %(bases)s::text[]) AS people (measure, base)
          ON facts.measure = people.base
        WHERE facts.subject_key <> ''
    ), sums AS (
        SELECT case_no, measure, greatest(sum(quantity), 0) AS quantity FROM facts GROUP BY case_no, measure
        UNION ALL
        SELECT case_no, measure, count(*) FROM persons GROUP BY case_no, measure
    ), rules AS (
        SELECT * FROM unnest(%(codes)s::text[], %(methods)s::text[], %(reads)s::text[], %(pers)s::text[],
            %(full)s::numeric[], %(each)s::numeric[], %(points)s::numeric[])
            WITH ORDINALITY AS t (code, method, measure, per, max_score, each, points, place)
    ), bands AS (
        SELECT * FROM unnest(%(band_codes)s::text[], %(band_bounds)s::numeric[], %(band_points)s::numeric[])
            AS t (code, at_least, points)
    ), targets AS (
        SELECT * FROM unnest(%(target_cases)s::int[], %(target_codes)s::text[], %(targets)s::numeric[])
            AS t (case_no, code, target)
    ), marks AS (
        SELECT * FROM unnest(%(mark_cases)s::int[], %(mark_codes)s::text[], %(marks)s::numeric[])
            AS t (case_no, code, points)
    ), readings AS (
        SELECT every.case_no, every.begun, rules.*, value.quantity AS value, targets.target, marks.points AS mark,
            CASE WHEN rules.per = '' THEN 1 ELSE divisor.quantity END AS divisor
        FROM (SELECT DISTINCT case_no, as_of >= starts_on AS begun FROM scope) AS every CROSS JOIN rules
        LEFT JOIN sums AS value ON value.case_no = every.case_no AND value.measure = rules.measure
        LEFT JOIN sums AS divisor ON divisor.case_no = every.case_no AND divisor.measure = rules.per
        LEFT JOIN targets ON targets.case_no = every.case_no AND targets.code = rules.code
        LEFT JOIN marks ON marks.case_no = every.case_no AND marks.code = rules.code AND rules.measure = ''
    ), points AS (
        SELECT case_no, place, CASE
            WHEN NOT begun THEN NULL
            WHEN measure = '' AND method = 'deduction' THEN least(coalesce(mark, max_score), max_score)
            WHEN measure = '' AND method = 'bonus' THEN least(coalesce(mark, 0), max_score)
            WHEN measure = '' AND mark IS NULL THEN NULL
            WHEN measure = '' AND method = 'all_or_nothing' AND mark < max_score THEN 0
            WHEN measure = '' THEN least(mark, max_score)
            WHEN method = 'deduction' THEN max_score - least(points * div(coalesce(value, 0), each), max_score)
            WHEN method = 'bonus' THEN least(points * div(coalesce(value, 0), each), max_score)
            WHEN value IS NULL OR divisor IS NULL OR divisor = 0 THEN NULL
            WHEN method = 'bands' THEN (
                SELECT max(bands.points) FROM bands
                WHERE bands.code = readings.code AND value >= bands.at_least * divisor)
            WHEN target IS NULL OR target = 0 THEN NULL
            WHEN value >= target * divisor THEN max_score
            WHEN method = 'all_or_nothing' THEN 0
            ELSE (max_score * value)::numeric(60, 26) / (target * divisor)
        END AS score
        FROM readings
    ), rounded AS (
        SELECT case_no, place, {rounded} AS score FROM points
    )
    SELECT scored.*, summed.quantities
    FROM (
        SELECT case_no, sum(coalesce(score, 0)), array_agg(score ORDER BY place) FROM rounded GROUP BY case_no
    ) AS scored
    LEFT JOIN (SELECT case_no, jsonb_object_agg(measure, quantity::text) AS quantities FROM sums GROUP BY case_no)
        AS summed USING (case_no)
"""


@dataclass(frozen=True)
class Case:
    """One contract to be scored: an agency's stations, the days, what is due and what was marked, by code."""

    tenant: str
    stations: Sequence[str]
    starts_on: dt.date
    as_of: dt.date
    targets: Mapping[str, Decimal]
    marks: Mapping[str, Decimal]


@dataclass(frozen=True)
class Result:
    """`scores` stand in the order of `programme.leaves`; None is "not yet". `quantities` by measure, none below 0.

    `grade` is that of the points that are known; `standing` says whether it is named yet.
    """

    total: Decimal
    grade: Grade
    scores: tuple[Decimal | None, ...]
    quantities: Mapping[str, Decimal]
    standing: Standing


def score_all(
    programme: Programme, cases: Sequence[Case], also: Iterable[str] = (), known: dt.datetime | None = None
) -> list[Result]:
    """Return the results of all `cases`, in their order, by one statement.

    `also` names measures to be summed beside those that the rules read. With `known` the facts are those of that
    moment; the marks and targets of the cases are the caller's.
    """
    if not cases:
        return []
    statement = STATEMENT.replace("{rounded}", ROUND[programme.rounding].format("score"))
    statement = statement.replace("{facts}", as_known(FACTS, known))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_rules(programme, also), **_cases(cases), "known": known})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_result(programme, case, *found[number]) for number, case in enumerate(cases)]


def _result(
    programme: Programme, case: Case, total: Decimal, scores: list[Decimal | None], quantities: str | None
) -> Result:
    vetoed = any(veto.code in case.marks for veto in programme.vetoes)
    read = {measure: Decimal(text) for measure, text in json.loads(quantities or "{}").items()}
    worth = standing(programme, scores, vetoed=vetoed)
    return Result(total, programme.grade_of(total, vetoed=vetoed), tuple(scores), read, worth)


def _rules(programme: Programme, also: Iterable[str]) -> dict[str, Any]:
    leaves = programme.leaves
    measures = {*programme.measures, *also}
    bands = [(leaf.code, band.at_least, band.points) for leaf in leaves for band in leaf.bands]
    people = [pair for pair in PEOPLE_OF if pair[0] in measures]
    return {
        "measures": list(recorded_by(measures)),
        "levels": list(LEVELS),
        "people": [measure for measure, _ in people],
        "bases": [base for _, base in people],
        "codes": [leaf.code for leaf in leaves],
        "methods": [leaf.method for leaf in leaves],
        "reads": [leaf.measure for leaf in leaves],
        "pers": [leaf.per for leaf in leaves],
        "full": [leaf.max_score for leaf in leaves],
        "each": [leaf.each for leaf in leaves],
        "points": [leaf.points for leaf in leaves],
        "band_codes": [code for code, _, _ in bands],
        "band_bounds": [bound for _, bound, _ in bands],
        "band_points": [points for _, _, points in bands],
    }


def _cases(cases: Sequence[Case]) -> dict[str, Any]:
    scope = [(number, case, station) for number, case in enumerate(cases) for station in case.stations or ("",)]
    targets = [(number, code, due) for number, case in enumerate(cases) for code, due in case.targets.items()]
    marks = [(number, code, points) for number, case in enumerate(cases) for code, points in case.marks.items()]
    return {
        "cases": [number for number, _, _ in scope],
        "tenants": [case.tenant for _, case, _ in scope],
        "stations": [station for _, _, station in scope],
        "starts": [case.starts_on for _, case, _ in scope],
        "days": [case.as_of for _, case, _ in scope],
        "target_cases": [number for number, _, _ in targets],
        "target_codes": [code for _, code, _ in targets],
        "targets": [due for _, _, due in targets],
        "mark_cases": [number for number, _, _ in marks],
        "mark_codes": [code for _, code, _ in marks],
        "marks": [points for _, _, points in marks],
    }
