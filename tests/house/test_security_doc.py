"""docs/security-asvs.md speaks of every requirement once, and what it and docs/security.md name is there."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
TABLE = ROOT / "docs" / "security-asvs.md"
PAGES = [
    TABLE,
    ROOT / "docs" / "security.md",
    ROOT / "docs" / "scanners.md",
    ROOT / "docs" / "security-tried.md",
    ROOT / "SECURITY.md",
]
ROW = re.compile(r"^\| (V[\d.]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
SAID = re.compile(r"`([^`\n]+)`")
VERDICTS = {"met", "in part", "deployment", "not applicable", "not met"}


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(TABLE.read_text("utf-8"))


def test_each_requirement_has_one_row() -> None:
    asked = [line.split()[0] for line in (Path(__file__).parent / "asvs.txt").read_text("utf-8").splitlines()[1:]]

    assert [row[0] for row in rows()] == asked
    assert len(asked) == 253


def test_each_row_says_how_it_stands_and_a_met_one_where() -> None:
    for number, asks, verdict, where in rows():
        assert verdict in VERDICTS, number
        assert asks.strip(), number
        assert where.strip(), number


def test_the_sums_are_right() -> None:
    said = TABLE.read_text("utf-8").partition("Now: ")[2].partition(".\n")[0].replace("\n", " ")
    counts = Counter(row[2] for row in rows())

    assert {word: int(number) for number, word in re.findall(r"(\d+) ([a-z ]+)", said)} == counts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_named_is_there(page: Path) -> None:
    for said in SAID.findall(page.read_text("utf-8")):
        file, _, test = said.partition("::")
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+|[\w-]+\.(py|md|txt|json|toml)", file) or "=" in said:
            continue
        assert (ROOT / file).exists(), said
        assert not test or f"def {test}(" in (ROOT / file).read_text("utf-8"), said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith("http"):
            continue
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        heads = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in {head.lower().replace(" ", "-") for head in heads}, link
