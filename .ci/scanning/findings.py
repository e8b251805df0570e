"""What a scanner found, and what of it is accepted: `accepted.toml` names each with its reason."""

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

ACCEPTED = Path(__file__).parent / "accepted.toml"


@dataclass(frozen=True, order=True)
class Finding:
    """`rule` as the scanner calls it, `where` a file, an object of the chart or a page; `says` in its own words."""

    tool: str
    rule: str
    where: str
    says: str = ""


@dataclass(frozen=True)
class Accepted:
    """Findings of one rule at places (patterns as of a shell) that stay, and why."""

    tool: str
    rule: str
    where: tuple[str, ...]
    reason: str

    def covers(self, found: Finding) -> bool:
        same = (self.tool, self.rule) == (found.tool, found.rule)
        return same and any(fnmatch(found.where, pattern) for pattern in self.where)


def accepted(text: str) -> list[Accepted]:
    """Return what the file says.

    :raises ValueError: where a finding is accepted without a reason.
    """
    rows = []
    for tool, said in tomllib.loads(text).items():
        for row in said:
            if not row["reason"].strip():
                raise ValueError(f"{tool} {row['rule']} is accepted without a reason")
            rows.append(Accepted(tool, row["rule"], tuple(row["where"]), row["reason"]))
    return rows


def new(found: Iterable[Finding], known: Iterable[Accepted]) -> list[Finding]:
    """Return what nobody accepted."""
    known = list(known)
    return sorted({each for each in found if not any(row.covers(each) for row in known)})


def entered(name: str, table: str) -> list[Finding]:
    """Return what sqlmap's table of results says was entered by SQL; `name` is who asked.

    It writes down what looked so for a moment, too (pages differ from one answer to the next), and its own second look
    says that it was none.
    """
    return [
        Finding("sqlmap", row["Technique(s)"], f"{name}:{urlsplit(row['Target URL']).path}", row["Parameter"])
        for row in csv.DictReader(table.splitlines())
        if row["Technique(s)"] and "false positive" not in row["Note(s)"]
    ]


def gone(found: Iterable[Finding], known: Iterable[Accepted], tools: Iterable[str]) -> list[Accepted]:
    """Return what is accepted for these tools and no longer found: a reason that has outlived its finding."""
    found, tools = list(found), set(tools)
    return [row for row in known if row.tool in tools and not any(row.covers(each) for each in found)]
