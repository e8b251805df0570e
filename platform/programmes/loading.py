"""Read a programme's folder of TOML files, or say exactly what is wrong with it: file, row and reason."""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from common.money import ROUNDINGS
from programmes import tree
from programmes.measures import MEASURES, STAFF
from programmes.rows import Row
from programmes.shapes import (
    CHOICES,
    DAY_UNITS,
    DECIDED_BY,
    ENFORCED,
    GRADE_FROM,
    MARKING_PARTIES,
    RANKINGS,
    SCOPED,
    SCOPES,
    Choice,
    Grade,
    MarkRule,
    Programme,
    Provision,
    Service,
    StaffingRule,
    Step,
    Veto,
)

DATA = Path(__file__).resolve().parent / "data"
FILES = (
    "programme", "indicators", "grades", "vetoes", "marks", "staffing", "services", "supervision", "funds",
    "disclosure", "publication",
)  # fmt: skip
NEEDED = {"evaluation": ("indicators", "grades"), "funds": ("funds",)}


class BadProgramme(ValueError):
    """The files of a programme cannot be used. `.problems` are sentences "file, row n (code): reason"."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass
class Folder:
    """One folder while it is read: its parsed files and the problems found so far."""

    path: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def problem(self, name: str, reason: str) -> None:
        self.problems.append(f"{self.path / name}.toml: {reason}")

    def rows(self, name: str, table: str) -> list[Row]:
        """Return the rows `[[table]]` of the file `name`, each knowing where it stands."""
        found = self.files.get(name, {}).get(table, [])
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            self.problem(name, f"[[{table}]] must be a list of rows")
            return []
        where = f"{self.path / name}.toml"
        return [Row(where, number, row, self.problems) for number, row in enumerate(found, 1)]

    def stop_if_bad(self) -> None:
        if self.problems:
            raise BadProgramme(self.problems)


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) over the names and contents of the folder's TOML files, line ends as LF."""
    digest = hashlib.sha256()
    for file in sorted(path.glob("*.toml")):
        body = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()


def load(path: Path) -> Programme:
    """Return the programme whose files stand in `path` (<region>/<key>/<year>).

    :raises BadProgramme: naming every file, row and reason that was found.
    """
    folder = Folder(path)
    _read(folder)
    folder.stop_if_bad()
    head = _head(folder)
    folder.stop_if_bad()
    scores = head["kind"] == "evaluation"
    indicators = (
        tree.indicators(folder.rows("indicators", "indicator"), head["total"], folder.problems) if scores else ()
    )
    programme = Programme(
        **head,
        digest=digest_of(path),
        indicators=indicators,
        grades=_grades(folder, head["total"]) if scores else (),
        vetoes=tuple(
            Veto(row.code(), row.text("title"), row.text("clause"), row.flag("sample"))
            for row in folder.rows("vetoes", "veto")
        ),
        staffing=tuple(_staffing_rule(row) for row in folder.rows("staffing", "rule")),
        services=tuple(
            Service(row.code(), row.text("title"), row.measure(), row.text("clause"), row.flag("sample"))
            for row in folder.rows("services", "service")
        ),
        supervision=_provisions(folder, "supervision", head["kind"]),
        funds=_provisions(folder, "funds", head["kind"]),
        disclosure=_provisions(folder, "disclosure", head["kind"]),
        ladder=_ladder(folder),
        publication=_publication(folder, head["kind"]),
        choices=tuple(_choice(row) for row in folder.rows("publication", "choice")),
        marks=_mark_rule(folder),
    )
    _refuse_twins(folder, programme)
    folder.stop_if_bad()
    return programme


def load_all(roots: Iterable[Path]) -> tuple[Programme, ...]:
    """Return every programme under `roots`, newest edition of a key first.

    :raises BadProgramme: also if a folder's name disagrees with its file, or two editions of a key hold on one day.
    """
    programmes: list[Programme] = []
    problems: list[str] = []
    for path in folders(roots):
        try:
            programmes.append(load(path))
        except BadProgramme as bad:
            problems += bad.problems
    programmes.sort(key=lambda one: (one.region, one.key, one.valid_from, one.year), reverse=True)
    for newer, older in pairwise(programmes):
        if newer.key == older.key and older.valid_to >= newer.valid_from:
            problems.append(
                f"{newer.region}/{newer.key}: editions {older.year} and {newer.year} are both valid on "
                f"{newer.valid_from}"
            )
    regions: dict[str, str] = {}
    for programme in programmes:
        if regions.setdefault(programme.key, programme.region) != programme.region:
            problems.append(f"{programme.region}/{programme.key}: the key is taken by region {regions[programme.key]}")
    if problems:
        raise BadProgramme(problems)
    return tuple(programmes)


def folders(roots: Iterable[Path]) -> list[Path]:
    """Return the programme folders <region>/<key>/<year> under `roots`, in order."""
    return [file.parent for root in roots for file in sorted(root.glob("*/*/*/programme.toml"))]


def _read(folder: Folder) -> None:
    for file in sorted(folder.path.glob("*.toml")):
        if file.stem not in FILES:
            folder.problem(file.stem, f"unknown file; known are {', '.join(FILES)}")
            continue
        try:
            folder.files[file.stem] = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            folder.problem(file.stem, f"not TOML: {error}")
    if not (folder.path / "programme.toml").exists():
        folder.problem("programme", "missing")
        return
    kind = folder.files.get("programme", {}).get("kind", "evaluation")
    if kind not in NEEDED:
        folder.problem("programme", f"unknown kind {kind!r}; known are {', '.join(NEEDED)}")
    for name in NEEDED.get(kind, ()):
        if not (folder.path / f"{name}.toml").exists():
            folder.problem(name, "missing")


def _head(folder: Folder) -> dict[str, Any]:
    """Return the fields of programme.toml; they must agree with the folder <region>/<key>/<year>."""
    row = Row(f"{folder.path / 'programme'}.toml", 0, folder.files["programme"], folder.problems)
    region, key, year = folder.path.parts[-3:]
    head: dict[str, Any] = {
        "key": row.text("key"),
        "title": row.text("title"),
        "region": row.text("region"),
        "year": int(row.number("year")),
        "issuer": row.text("issuer"),
        "document": row.text("document"),
        "valid_from": row.day("valid_from"),
        "valid_to": row.day("valid_to"),
        "total": row.number("total"),
        "rounding": row.text("rounding", "half_up"),
        "sample": row.flag("sample"),
        "kind": row.text("kind", "evaluation"),
        "grade_from": row.number("grade_from", GRADE_FROM),
        "ranking": row.text("ranking", RANKINGS[0]),
    }
    row.only(head)
    if (head["region"], head["key"], str(head["year"])) != (region, key, year.split("-")[0]):
        row.problem(f"region, key and year differ from the folder {region}/{key}/{year}")
    if head["rounding"] not in ROUNDINGS:
        row.problem(f"unknown rounding {head['rounding']!r}; known are {', '.join(ROUNDINGS)}")
    if not 0 <= head["grade_from"] <= 1:
        row.problem("grade_from is a share of the points, from 0 to 1")
    if head["ranking"] not in RANKINGS:
        row.problem(f"unknown ranking {head['ranking']!r}; known are {', '.join(RANKINGS)}")
    if head["valid_to"] < head["valid_from"]:
        row.problem("valid_to lies before valid_from")
    return head


def _grades(folder: Folder, total: Decimal) -> tuple[Grade, ...]:
    """Return the grades, highest first; the lowest starts at 0 so that every total has one."""
    grades: list[Grade] = []
    for row in folder.rows("grades", "grade"):
        grade = Grade(
            row.code(), row.text("name"), row.number("lower"), row.text("clause"), row.text("consequence", "")
        )
        row.only({"code", "name", "lower", "clause", "consequence", "sample"})
        if grade.lower > total:
            row.problem(f"lower bound {grade.lower} lies above the total {total}")
        if grades and grade.lower >= grades[-1].lower:
            row.problem(f"grades out of order: {grade.lower} must lie below {grades[-1].lower}")
        grades.append(grade)
    if not grades or grades[-1].lower != 0:
        folder.problem("grades", "the last grade must start at 0")
    return tuple(grades)


def _mark_rule(folder: Folder) -> MarkRule | None:
    """Return which party's mark counts; None where the programme does not say."""
    if "marks" not in folder.files:
        return None
    row = Row(f"{folder.path / 'marks'}.toml", 0, folder.files["marks"], folder.problems)
    row.only({"order", "clause", "sample"})
    order = row.values.get("order")
    if not isinstance(order, list) or not order or not all(party in MARKING_PARTIES for party in order):
        row.problem(f"order must be a list of {', '.join(MARKING_PARTIES)}")
        order = []
    elif len(set(order)) < len(order):
        row.problem("a party stands twice in order")
    return MarkRule(tuple(order), row.text("clause"), row.flag("sample"))


def _staffing_rule(row: Row) -> StaffingRule:
    row.only({"code", "title", "measure", "per", "at_least", "clause", "sample"})
    for name in ("measure", "per"):
        if row.values.get(name) in set(MEASURES) - set(STAFF):
            row.problem(f"{name} of a staffing rule must be one of {', '.join(STAFF)}: nothing else is checked")
    return StaffingRule(
        code=row.code(),
        title=row.text("title"),
        measure=row.measure(),
        at_least=row.number("at_least"),
        clause=row.text("clause"),
        per=row.measure("per", optional=True),
        sample=row.flag("sample"),
    )


def _provisions(folder: Folder, name: str, kind: str) -> tuple[Provision, ...]:
    enforced = ENFORCED.get((kind, name), frozenset())
    return tuple(_provision(row, enforced) for row in folder.rows(name, "provision"))


def _provision(row: Row, enforced: frozenset[str]) -> Provision:
    row.only({"code", "title", "value", "unit", "clause", "sample", "scope"})
    code = row.code()
    scope = row.text("scope", SCOPES[0] if code in SCOPED else "")
    if scope and code not in SCOPED:
        row.problem(f"scope is not asked of this provision; it is of {', '.join(sorted(SCOPED))}")
    elif scope and scope not in SCOPES:
        row.problem(f"unknown scope {scope!r}; known are {', '.join(SCOPES)}")
    return Provision(
        code=code,
        title=row.text("title"),
        value=row.number("value"),
        unit=row.text("unit"),
        clause=row.text("clause"),
        sample=row.flag("sample"),
        scope=scope,
        is_enforced=code in enforced,
    )


def _publication(folder: Folder, kind: str) -> tuple[Provision, ...]:
    """Return the days of notice and of appeal. Unlike other files', a code that nothing acts on is refused: whoever
    writes a deadline for appeals must be able to rely on it."""
    rows = _provisions(folder, "publication", kind)
    known = ENFORCED.get((kind, "publication"), frozenset())
    for row, provision in zip(folder.rows("publication", "provision"), rows, strict=True):
        if provision.code not in known:
            row.problem(f"unknown rule of publication; known are {', '.join(sorted(known)) or 'none'}")
        if provision.value != provision.value.to_integral_value() or provision.unit not in DAY_UNITS:
            row.problem(f"must be whole days, unit one of {', '.join(DAY_UNITS)}")
    return rows


def _choice(row: Row) -> Choice:
    row.only({"code", "title", "choice", "clause", "sample"})
    choice = Choice(row.code(), row.text("title"), row.text("choice"), row.text("clause"), row.flag("sample"))
    words = CHOICES.get(choice.code)
    if words is None:
        row.problem(f"unknown choice {choice.code!r}; known are {', '.join(CHOICES)}")
    elif choice.choice not in words:
        row.problem(f"unknown choice {choice.choice!r}; known are {', '.join(words)}")
    return choice


def _ladder(folder: Folder) -> tuple[Step, ...]:
    """Return the steps of a fund's approval ladder, the lowest first; only the last one is without a top."""
    steps: list[Step] = []
    for row in folder.rows("funds", "step"):
        row.only({"code", "title", "up_to", "decided_by", "clause", "sample"})
        step = Step(
            code=row.code(),
            title=row.text("title"),
            decided_by=row.text("decided_by"),
            clause=row.text("clause"),
            up_to=row.number("up_to") if "up_to" in row else None,
            sample=row.flag("sample"),
        )
        if step.decided_by not in DECIDED_BY:
            row.problem(f"unknown decided_by {step.decided_by!r}; known are {', '.join(DECIDED_BY)}")
        if steps and (steps[-1].up_to is None or (step.up_to is not None and step.up_to <= steps[-1].up_to)):
            row.problem("steps out of order: each must reach higher than the one before")
        steps.append(step)
    if steps and steps[-1].up_to is not None:
        folder.problem("funds", "the last step must be without up_to, so that every amount has one")
    return tuple(steps)


def _refuse_twins(folder: Folder, programme: Programme) -> None:
    """Codes are unique: indicators and vetoes together (both carry marks), and each other list by itself."""
    lists: dict[str, list[str]] = {
        "indicators": [one.code for one in programme.indicators] + [one.code for one in programme.vetoes],
        "grades": [one.code for one in programme.grades],
        "staffing": [one.code for one in programme.staffing],
        "services": [one.code for one in programme.services],
        "supervision": [one.code for one in programme.supervision],
        "funds": [one.code for one in programme.funds],
        "disclosure": [one.code for one in programme.disclosure],
        "steps": [one.code for one in programme.ladder],
        "publication": [*(one.code for one in programme.publication), *(one.code for one in programme.choices)],
    }
    for name, codes in lists.items():
        seen: dict[str, int] = {}
        for number, code in enumerate(codes, 1):
            if (first := seen.setdefault(code, number)) != number:
                folder.problem(name, f"row {number} ({code}): duplicate code, first in row {first}")
