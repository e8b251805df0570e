"""Which mark counts is the programme's rule; from when to when each did is told of all."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.marks.rules import counting, effects
from programmes.door import programme
from programmes.loading import BadProgramme, load
from programmes.shapes import Programme

REGIONS = Path(__file__).parents[2] / "programmes" / "regions"


@dataclass(frozen=True)
class Said:
    """As much of a mark as the rules read."""

    pk: int
    party: str
    day: int
    code: str = "4.1"
    withdrawn: int = 0

    @property
    def dated(self) -> dt.date:
        return dt.date(2026, 1, self.day)

    @property
    def withdrawn_on(self) -> dt.date | None:
        return dt.date(2026, 1, self.withdrawn) if self.withdrawn else None


def copied(tmp_path: Path, marks: str, line: str = "") -> Programme:
    """Return the sample edition of another region with a rule about marks."""
    source = REGIONS / "330481" / "haining" / "2026"
    folder = tmp_path / "330481" / "haining" / "2026"
    folder.mkdir(parents=True)
    for file in source.glob("*.toml"):
        text = file.read_text("utf-8")
        if file.stem == "indicators" and line:
            by_hand = next(rule for rule in load(source).leaves if rule.by_hand)
            text = text.replace(f'code = "{by_hand.code}"', f'code = "{by_hand.code}"\n{line}')
        (folder / file.name).write_text(text, "utf-8")
    if marks:
        (folder / "marks.toml").write_text(marks, "utf-8")
    return load(folder)


ORDER = 'order = ["evaluator", "purchaser", "supervising_authority"]\nclause = "第九条"\nsample = true\n'


def hand(edition: Programme) -> str:
    return next(rule.code for rule in edition.leaves if rule.by_hand)


def counted(edition: Programme, *marks: Said) -> int | None:
    mark = counting(marks, edition).get(hand(edition))
    return mark.pk if mark else None


def test_without_a_rule_the_latest_counts_whoever_gave_it(tmp_path: Path) -> None:
    edition = copied(tmp_path, "")
    code = hand(edition)
    evaluator, purchaser, unnamed = (
        Said(n, party, n, code) for n, party in ((1, "evaluator"), (2, "purchaser"), (3, ""))
    )
    assert counted(edition, evaluator, purchaser) == 2
    assert counted(edition, purchaser, evaluator) == 1
    assert counted(edition, evaluator, unnamed) == 3
    assert counted(edition) is None
    assert programme("jinan").marks is None


def test_with_a_rule_the_first_party_counts_whenever_it_spoke(tmp_path: Path) -> None:
    edition = copied(tmp_path, ORDER)
    code = hand(edition)
    evaluator, purchaser, unnamed = (
        Said(n, party, n, code) for n, party in ((1, "evaluator"), (2, "purchaser"), (3, ""))
    )
    later = Said(4, "evaluator", 4, code)
    assert counted(edition, evaluator, purchaser) == 1
    assert counted(edition, purchaser, evaluator) == 1
    assert counted(edition, evaluator, purchaser, later) == 4
    assert counted(edition, purchaser, unnamed) == 2
    assert counted(edition, unnamed) == 3


def test_a_line_may_be_one_partys_alone(tmp_path: Path) -> None:
    edition = copied(tmp_path, ORDER, 'marked_by = "purchaser"')
    code = hand(edition)
    evaluator, purchaser = Said(1, "evaluator", 1, code), Said(2, "purchaser", 2, code)
    assert counted(edition, purchaser, evaluator) == 2
    assert counted(edition, evaluator, Said(3, "", 3, code)) is None
    told = effects([evaluator, purchaser], edition)
    assert (told[1].since, told[2].since) == (None, dt.date(2026, 1, 2))


@pytest.mark.parametrize(
    ("marks", "line", "said"),
    [
        ('order = []\nclause = "x"\n', "", "order must be a list"),
        ('order = ["operator"]\nclause = "x"\n', "", "order must be a list"),
        ('order = ["evaluator", "evaluator"]\nclause = "x"\n', "", "twice"),
        ('order = ["evaluator"]\n', "", "clause is missing"),
        ('order = ["evaluator"]\nclause = "x"\nodd = 1\n', "", "unknown field"),
        ("", 'marked_by = "nobody"', "unknown party"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, marks: str, line: str, said: str) -> None:
    with pytest.raises(BadProgramme, match=said):
        copied(tmp_path, marks, line)


def test_the_history_tells_from_when_to_when_a_mark_counted(tmp_path: Path) -> None:
    edition = copied(tmp_path, ORDER)
    code = hand(edition)
    marks = [
        Said(1, "purchaser", 2, code),
        Said(2, "evaluator", 5, code),
        Said(3, "evaluator", 8, code, withdrawn=12),
        Said(4, "purchaser", 9, code),
        Said(5, "evaluator", 20, code),
    ]
    told = effects(marks, edition)
    days = {pk: (effect.since and effect.since.day, effect.until and effect.until.day) for pk, effect in told.items()}
    assert days == {1: (2, 5), 2: (5, 20), 3: (8, 12), 4: (None, None), 5: (20, None)}
    assert ["另一方" in told[pk].why for pk in (1, 4)] == [True, True]
    assert "后一次" in told[2].why
    assert "撤回" in told[3].why
