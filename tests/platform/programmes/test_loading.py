"""A programme's files: the two that stand in the tree, and every way in which files can be wrong."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from programmes import door, lock
from programmes.loading import DATA, BadProgramme, digest_of, load, load_all
from programmes.shapes import METHODS

REGIONS = Path(__file__).parent / "regions"
HAINING = REGIONS / "330481" / "haining" / "2026"
JINAN = DATA / "370100" / "jinan" / "2026"


def test_jinan_has_three_levels_37_rules_four_grades_and_100_points() -> None:
    jinan = load(JINAN)
    assert {one.level for one in jinan.indicators} == {1, 2, 3}
    assert len(jinan.leaves) == 37
    assert all(one.level == 3 for one in jinan.leaves)
    assert sum(one.max_score for one in jinan.leaves) == jinan.total == 100
    assert [grade.lower for grade in jinan.grades] == [90, 80, 60, 0]
    assert {one.method for one in jinan.leaves} == set(METHODS)
    assert [one.title for one in jinan.children()] == ["行政管理", "财务管理", "服务执行与产出", "社会评价", "宣传创新"]


def test_every_row_of_jinan_cites_its_clause_and_says_that_it_is_a_sample() -> None:
    jinan = load(JINAN)
    rows = [*jinan.indicators, *jinan.vetoes, *jinan.staffing, *jinan.services, *jinan.supervision, *jinan.funds]
    assert all(row.clause and row.sample for row in rows)
    assert jinan.sample


def test_another_region_needs_no_python(settings) -> None:
    settings.PROGRAMME_ROOTS = [str(REGIONS)]
    assert {one.key for one in door.programmes()} == {"jinan", "jinan-hubs", "haining"}
    haining = door.programme("haining")
    assert (haining.rounding, len(haining.leaves)) == ("half_even", 8)
    assert door.programme("haining", haining.digest) is haining
    with pytest.raises(door.UnknownProgramme):
        door.programme("haining", "0" * 64)


def test_the_door_tells_what_is_in_force() -> None:
    jinan = door.programme("jinan")
    assert door.programme_on("jinan", jinan.valid_to) is jinan
    assert {row.code: row.value for row in jinan.supervision}["max_gap_days"] == 21
    assert {row.code: row.value for row in jinan.funds}["person_year_cap"] == Decimal(5000)
    with pytest.raises(door.UnknownProgramme):
        door.programme("")


def test_published_editions_are_unchanged() -> None:
    assert lock.problems() == []


def test_lock_reports_a_change_a_removal_and_a_newcomer(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(HAINING, data / "330481" / "haining" / "2026")
    shutil.copytree(HAINING, data / "330481" / "haining" / "2027")
    book = tmp_path / "lock"
    assert lock.add_new(book, data) == ["330481/haining/2026", "330481/haining/2027"]
    assert lock.problems(book, data) == []
    changed = data / "330481" / "haining" / "2026" / "grades.toml"
    changed.write_text(changed.read_text("utf-8").replace("85", "84"), "utf-8")
    shutil.rmtree(data / "330481" / "haining" / "2027")
    shutil.copytree(HAINING, data / "330481" / "haining" / "2028")
    assert lock.add_new(book, data) == ["330481/haining/2028"]
    assert [problem.split(": ")[0] for problem in lock.problems(book, data)] == [
        "330481/haining/2027",
        "330481/haining/2026",
    ]


def test_the_digest_does_not_depend_on_line_ends(tmp_path: Path) -> None:
    shutil.copytree(HAINING, tmp_path / "a")
    before = digest_of(tmp_path / "a")
    for file in (tmp_path / "a").glob("*.toml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert digest_of(tmp_path / "a") == before


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    place = tmp_path / "330481" / "haining" / "2026"
    shutil.copytree(HAINING, place)
    return place


def refusal(place: Path, file: str, old: str, new: str) -> str:
    """Change one file and return what the loader says."""
    path = place / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadProgramme) as caught:
        load(place)
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("indicators.toml", "max_score = 12", "max_score = 11", "row 1 (S): weights of its children sum to 24, not 25"),
        ("indicators.toml", "max_score = 25", "max_score = 26", "weights of the first level sum to 101, not 100"),
        ("indicators.toml", 'method = "ratio"', 'method = "magic"', "row 2 (S1): unknown method 'magic'"),
        ("indicators.toml", '"staff_fulltime"', '"smiles"', "row 2 (S1): unknown measure 'smiles'"),
        ("indicators.toml", 'parent = "S"', 'parent = "Z"', "row 2 (S1): orphan: no indicator has the code 'Z'"),
        ("indicators.toml", 'code = "S"\n', 'code = "S"\nparent = "S"\n', "row 1 (S): cycle: S > S"),
        ("indicators.toml", 'code = "S2"', 'code = "S1"', "row 3 (S1): duplicate code, first in row 2"),
        ("indicators.toml", 'code = "S1"', 'code = "X1"', "duplicate code"),
        ("indicators.toml", "at_least = 0.6", "at_least = 0.95", "row 5 (P1): bands out of order"),
        ("indicators.toml", "points = 10 }", "points = 9 }", "the best band gives 9, not the full 10"),
        ("indicators.toml", "{ at_least = 0, ", "{ at_least = 0.1, ", "the last band must start at 0"),
        ("indicators.toml", "target = 6", "target = 0", "target must be above 0"),
        ("indicators.toml", "target = 6\n", "", "method ratio needs target"),
        ("indicators.toml", "target = 6", "traget = 6", "unknown field 'traget'"),
        ("indicators.toml", "max_score = 12", "max_score = -12", "max_score must not be below 0"),
        ("indicators.toml", "max_score = 12", 'max_score = "12"', "max_score must be a number"),
        ("indicators.toml", 'clause = "示例第三条"', 'clause = " "', "row 1 (S): clause"),
        ("indicators.toml", "each = 7", "each = 0", "needs each and points above 0"),
        ("indicators.toml", "target = 333.3", "target = 333.3\npaced = true", "a quotient is neither paced nor"),
        ("grades.toml", "lower = 70", "lower = 90", "row 2 (yellow): grades out of order"),
        ("grades.toml", "lower = 85", "lower = 101", "row 1 (green): lower bound 101 lies above the total 100"),
        ("grades.toml", "lower = 0", "lower = 1", "the last grade must start at 0"),
        ("programme.toml", 'rounding = "half_even"', 'rounding = "up"', "unknown rounding 'up'"),
        ("programme.toml", "valid_to = 2026-12-31", "valid_to = 2025-12-31", "valid_to lies before valid_from"),
        ("programme.toml", "valid_to = 2026-12-31", 'valid_to = "soon"', "valid_to must be a date"),
        ("programme.toml", "year = 2026", "year = 2025", "differ from the folder"),
        ("programme.toml", "total = 100", "total = ", "programme.toml: not TOML"),
        ("programme.toml", 'title = "', 'titel = "', "unknown field 'titel'"),
    ],
)
def test_the_loader_says_file_row_and_reason(copy: Path, file: str, old: str, new: str, said: str) -> None:
    sentence = refusal(copy, file, old, new)
    assert said in sentence
    assert file in sentence


def test_a_missing_file_and_an_unknown_one_are_named(copy: Path) -> None:
    (copy / "grades.toml").rename(copy / "levels.toml")
    with pytest.raises(BadProgramme) as caught:
        load(copy)
    assert [problem.rpartition("/")[2] for problem in caught.value.problems] == [
        "levels.toml: unknown file; known are programme, indicators, grades, vetoes, marks, staffing, services, "
        "supervision, funds, disclosure, publication",
        "grades.toml: missing",
    ]


def test_all_problems_are_told_at_once(copy: Path) -> None:
    sentence = refusal(copy, "indicators.toml", 'clause = "示例第三条"', 'clause = ""')
    assert refusal(copy, "grades.toml", "lower = 70", "lower = 95").count("\n") > sentence.count("\n")


def test_a_longer_cycle_is_found(copy: Path) -> None:
    text = (copy / "indicators.toml").read_text("utf-8").replace('code = "S"\n', 'code = "S"\nparent = "P"\n', 1)
    (copy / "indicators.toml").write_text(text.replace('code = "P"\n', 'code = "P"\nparent = "S"\n', 1), "utf-8")
    with pytest.raises(BadProgramme, match="cycle: S > P > S"):
        load(copy)


def test_two_editions_valid_on_one_day_are_refused(copy: Path) -> None:
    twin = copy.parent / "2027"
    shutil.copytree(copy, twin)
    head = (twin / "programme.toml").read_text("utf-8").replace("year = 2026", "year = 2027")
    (twin / "programme.toml").write_text(head.replace("valid_to = 2026", "valid_to = 2027"), "utf-8")
    with pytest.raises(BadProgramme, match="editions 2026 and 2027 are both valid on 2026-01-01"):
        load_all([copy.parents[2]])


def test_grades_include_their_lower_bound() -> None:
    jinan = load(JINAN)
    named = {text: jinan.grade_of(Decimal(text)).name for text in ("90", "89.99", "80", "79.99", "60", "59.99", "0")}
    assert list(named.values()) == ["优秀", "良好", "良好", "合格", "合格", "不合格", "不合格"]
    assert jinan.grade_of(Decimal(100), vetoed=True).name == "不合格"
