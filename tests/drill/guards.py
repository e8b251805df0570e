"""The guards of the product, each with the one change that takes it out and the test that must then fail (AT-40).

`python -m tests.drill` takes them out one at a time in a copy of the product. `tests/house/test_drill.py` sees to it in
every run that no entry has lost its line or its test.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("guards.toml")


@dataclass(frozen=True)
class Guard:
    """One guard: what it holds, the text of its file that makes it so, what is there without it, and its tests."""

    promise: str
    holds: str
    file: str
    text: str
    becomes: str
    tests: list[str]

    def without(self, root: Path) -> str:
        """Return the file's text without the guard; ValueError where its line is not there, or more than once."""
        before = (root / self.file).read_text()
        if before.count(self.text) != 1:
            raise ValueError(f"{self.holds}: {self.file} holds {before.count(self.text)} times: {self.text!r}")
        return before.replace(self.text, self.becomes)


def guards() -> list[Guard]:
    return [Guard(**row) for row in tomllib.loads(LIST.read_text())["guard"]]
