"""A programme's rules of publishing: read as they stand, refused where nobody could rely on them."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.test import Client

from common.dates import SHANGHAI
from common.working_days import is_worked
from contracts.publishing.rules import Publication, ends_at, publication_of
from programmes.loading import DATA, BadProgramme, load

HUBS, JINAN = (DATA / "370100" / key / "2026" for key in ("jinan-hubs", "jinan"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "370100" / "jinan-hubs" / "2026"
    shutil.copytree(HUBS, there)
    return there


def test_rules_are_rows_with_their_clause() -> None:
    rules = publication_of(load(HUBS))
    assert rules.notice_days is not None
    assert (rules.notice_days.value, rules.notice_days.unit, rules.notice_days.clause) == (
        5, "个工作日", "示例总站细则第十一条",
    )  # fmt: skip
    assert rules.gives_notice
    assert rules.live_appeals
    assert [rules.shows(what) for what in ("nothing", "total", "lines", "inputs")] == [True] * 4


def test_a_programme_that_says_nothing_gives_no_notice_and_shows_nothing() -> None:
    rules = publication_of(load(JINAN))
    assert rules == Publication()
    assert not rules.gives_notice
    assert rules.live_appeals
    assert not rules.shows("total")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "notice_days"', 'code = "notice_dyas"', "unknown rule of publication"),
        ("value = 5", "value = 5.5", "whole days"),
        ('unit = "天"', 'unit = "周"', "unit one of"),
        ('choice = "inputs"', 'choice = "everything"', "unknown choice 'everything'"),
        ('code = "public_view"', 'code = "press_view"', "unknown choice 'press_view'"),
        ('code = "appeal_days"', 'code = "notice_days"', "duplicate code"),
        ('choice = "any"', "", "choice is missing"),
    ],
)
def test_a_rule_that_nobody_acts_on_is_refused(folder: Path, old: str, new: str, said: str) -> None:
    file = folder / "publication.toml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(BadProgramme, match=said):
        load(folder)


def test_days_end_at_midnight_in_shanghai(folder: Path) -> None:
    rules = publication_of(load(folder))
    assert rules.notice_days is not None
    assert rules.appeal_days is not None
    friday = dt.date(2026, 11, 27)
    assert ends_at(friday, rules.notice_days, is_worked) == dt.datetime(2026, 12, 5, tzinfo=SHANGHAI)
    assert ends_at(friday, rules.appeal_days, is_worked) == dt.datetime(2026, 12, 5, tzinfo=SHANGHAI)
    assert ends_at(dt.date(2026, 11, 25), rules.notice_days, is_worked) == dt.datetime(2026, 12, 3, tzinfo=SHANGHAI)


def test_everybody_reads_them(public: None) -> None:
    browser = Client(HTTP_HOST="localhost")
    page = browser.get("/programmes/jinan-hubs/").content.decode()
    for said in ("得分公示", "5 个工作日", "总分、等级、各项得分及其数据", "示例总站细则第十三条"):
        assert said in page
    told = browser.get("/api/v1/programmes/jinan-hubs/").json()
    assert told["publication"]["appeal_days"]["value"] == "7"
    assert {row["code"]: row["choice"] for row in told["choices"]} == {
        "public_view": "inputs",
        "appeals_against": "any",
    }
