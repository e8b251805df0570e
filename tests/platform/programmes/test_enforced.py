"""What a programme says and the product does: what nothing acts on is marked, what cannot be checked is refused."""

import re
import shutil
from pathlib import Path

import pytest
from django.test import Client

from config.sources import python_files
from programmes.loading import DATA, BadProgramme, load
from programmes.shapes import ENFORCED
from services.funds.rules import rules_of

JINAN, FUNDS = (DATA / "370100" / key / "2026" for key in ("jinan", "jinan-funds"))
MARK = "系统尚未据此提醒或限制"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "370100" / "jinan-funds" / "2026"
    shutil.copytree(FUNDS, there)
    return there


def code() -> str:
    """Return the product's own Python outside the programmes' room and the demo."""
    kept = [file for file in python_files() if not {"programmes", "demo", "migrations"} & set(file.parts)]
    return "\n".join(file.read_text() for file in kept)


@pytest.mark.parametrize("name", sorted(name for names in ENFORCED.values() for name in names))
def test_what_is_called_enforced_is_read_and_used(name: str) -> None:
    """The number is read from the programme by its code, and asked for elsewhere as an attribute."""
    text = code()
    assert re.search(rf'"{name}"', text)
    assert re.search(rf"\.{name}\b", text)


def test_jinans_caps_stand_marked_and_those_of_the_funds_do_not(public: None) -> None:
    jinan, funds = load(JINAN), load(FUNDS)
    assert [row.code for row in jinan.provisions if not row.is_enforced] == [
        "min_minutes_month", "person_year_cap", "activity_cap", "notice_days", "day_of_month",
    ]  # fmt: skip
    assert all(row.is_enforced for row in funds.provisions)
    browser = Client(HTTP_HOST="localhost")
    assert browser.get("/programmes/jinan/").content.decode().count(MARK) == 5
    page = browser.get("/programmes/jinan-funds/").content.decode()
    assert MARK not in page
    assert "本机构各基金合计" in page
    told = browser.get("/api/v1/programmes/jinan/").json()
    assert (told["funds"]["notice_days"]["is_enforced"], told["supervision"]["notice_hours"]["is_enforced"]) == (
        False,
        True,
    )


def test_a_fund_says_only_what_is_acted_upon() -> None:
    assert len(rules_of("jinan-funds").sentences) == 7 + 3 + 3


def test_the_scope_of_a_cap_is_data(folder: Path) -> None:
    file = folder / "funds.toml"
    text = file.read_text()
    assert {row.code: row.scope for row in load(folder).funds}["person_year_cap"] == "agency"
    row = 'code = "person_year_cap"\n'
    file.write_text(text.replace(row, f'{row}scope = "fund"\n'))
    assert {row.code: row.scope for row in load(folder).funds}["person_year_cap"] == "fund"

    file.write_text(text.replace(row, f'{row}scope = "city"\n'))
    with pytest.raises(BadProgramme, match=r"row 4 \(person_year_cap\): unknown scope 'city'"):
        load(folder)
    file.write_text(text.replace('code = "activity_cap"\n', 'code = "activity_cap"\nscope = "fund"\n'))
    with pytest.raises(BadProgramme, match=r"activity_cap\): scope is not asked of this provision"):
        load(folder)


def test_a_staffing_rule_that_nobody_checks_is_refused(folder: Path) -> None:
    (folder / "staffing.toml").write_text(
        '[[rule]]\ncode = "S1"\ntitle = "每站志愿者"\nmeasure = "volunteers_registered"\n'
        'at_least = 20\nclause = "第九条"\n'
    )
    with pytest.raises(BadProgramme, match=r"staffing.toml, row 1 \(S1\): measure of a staffing rule must be one of"):
        load(folder)
