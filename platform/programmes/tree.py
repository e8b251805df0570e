"""The indicator tree: rows with a code and a parent become indicators, or problems with file and row."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from programmes.rows import Row
from programmes.shapes import MARKING_PARTIES, METHODS, Band, Indicator

COMMON = frozenset({"code", "parent", "title", "max_score", "clause", "sample", "method", "rule", "marked_by"})


def indicators(rows: list[Row], total: Decimal, problems: list[str]) -> tuple[Indicator, ...]:
    """Return the rows as indicators in file order, each with its level (1 for a root).

    Notes orphans, cycles, leaves without a method, groups with one, weights that do not sum to their parent's or to
    `total`, and whatever is wrong inside a row.
    """
    found = [_indicator(row) for row in rows]
    levels = _levels(found, rows)
    found = [replace(one, level=levels.get(one.code, 0)) for one in found]
    _check_leaves(found, rows)
    _check_weights(found, rows, total, problems)
    return tuple(found)


def _indicator(row: Row) -> Indicator:
    method = row.text("method", "")
    base = Indicator(
        code=row.code(),
        parent=row.text("parent", ""),
        title=row.text("title"),
        max_score=row.number("max_score"),
        clause=row.text("clause"),
        level=0,
        sample=row.flag("sample"),
        method=method,
    )
    if not method:
        row.only(COMMON - {"method", "rule", "marked_by"})
        return base
    if method not in METHODS:
        row.problem(f"unknown method {method!r}; known are {', '.join(METHODS)}")
        return base
    shape = METHODS[method]
    row.only(COMMON | shape.words)
    for word in sorted(shape.needs - set(row.values)):
        row.problem(f"method {method} needs {word}")
    if "measure" not in row and (stray := shape.words & set(row.values)):
        row.problem(f"{', '.join(sorted(stray))} without a measure")
    indicator = replace(
        base,
        rule=row.text("rule"),
        measure=row.measure(optional=True),
        per=row.measure("per", optional=True),
        target=row.number("target") if "target" in row else None,
        paced=row.flag("paced"),
        by_contract=row.flag("by_contract"),
        bands=_bands(row, base.max_score),
        each=row.number("each", Decimal(1)),
        points=row.number("points", Decimal(0)),
        marked_by=row.text("marked_by", ""),
    )
    _check_numbers(row, indicator)
    return indicator


def _bands(row: Row, max_score: Decimal) -> tuple[Band, ...]:
    """Return the bands, best first. They fall strictly, start at the full score, and end at 0 so that none is left."""
    if "bands" not in row:
        return ()
    raw = row.values["bands"]
    if not isinstance(raw, list) or not raw or not all(isinstance(one, dict) for one in raw):
        row.problem("bands must be a list of {at_least, points}")
        return ()
    pieces = [Row(row.file, row.number_in_file, {"code": row.values.get("code"), **one}, row.problems) for one in raw]
    bands = tuple(Band(piece.number("at_least"), piece.number("points")) for piece in pieces)
    for upper, lower in pairwise(bands):
        if lower.at_least >= upper.at_least or lower.points >= upper.points:
            row.problem(
                f"bands out of order: {lower.at_least} -> {lower.points} after {upper.at_least} -> {upper.points}"
            )
    if bands[0].points != max_score:
        row.problem(f"the best band gives {bands[0].points}, not the full {max_score}")
    if bands[-1].at_least != 0:
        row.problem("the last band must start at 0")
    return bands


def _check_numbers(row: Row, indicator: Indicator) -> None:
    if indicator.max_score <= 0 or indicator.max_score != round(indicator.max_score, 2):
        row.problem("max_score must be above 0 with at most two decimals")
    if indicator.method in ("ratio", "all_or_nothing") and indicator.measure and not indicator.target:
        row.problem("target must be above 0")
    if indicator.marked_by and indicator.measure:
        row.problem("marked_by is of a line that is marked by hand, without a measure")
    elif indicator.marked_by and indicator.marked_by not in MARKING_PARTIES:
        row.problem(f"unknown party {indicator.marked_by!r}; known are {', '.join(MARKING_PARTIES)}")
    if indicator.per and (indicator.paced or indicator.by_contract):
        row.problem("a quotient is neither paced nor set by contract")
    if indicator.method in ("deduction", "bonus") and indicator.measure and not (indicator.each and indicator.points):
        row.problem(f"method {indicator.method} with a measure needs each and points above 0")


def _levels(found: list[Indicator], rows: list[Row]) -> dict[str, int]:
    """Return the depth of every code; notes orphans and cycles."""
    parents = {one.code: one.parent for one in found}
    levels: dict[str, int] = {}
    for one, row in zip(found, rows, strict=True):
        path, code = [one.code], one.parent
        while code:
            if code not in parents:
                if code == one.parent:
                    row.problem(f"orphan: no indicator has the code {code!r}")
                break
            if code in path:
                if code == one.code:
                    row.problem(f"cycle: {' > '.join([*path, code])}")
                break
            path.append(code)
            code = parents[code]
        levels[one.code] = len(path)
    return levels


def _check_leaves(found: list[Indicator], rows: list[Row]) -> None:
    children = Counter(one.parent for one in found)
    for one, row in zip(found, rows, strict=True):
        if one.method and children[one.code]:
            row.problem("a scoring rule has no children")
        elif not one.method and not children[one.code]:
            row.problem("a leaf needs a method")


def _check_weights(found: list[Indicator], rows: list[Row], total: Decimal, problems: list[str]) -> None:
    sums: dict[str, Decimal] = {}
    for one in found:
        sums[one.parent] = sums.get(one.parent, Decimal(0)) + one.max_score
    for one, row in zip(found, rows, strict=True):
        if one.code in sums and sums[one.code] != one.max_score:
            row.problem(f"weights of its children sum to {sums[one.code]}, not {one.max_score}")
    if not rows:
        problems.append("indicators.toml: no rows")
    elif sums.get("", Decimal(0)) != total:
        problems.append(f"{rows[0].file}: weights of the first level sum to {sums.get('', 0)}, not {total}")
