"""Grounds: what stands before a test begins.

Each is furnished once a run, by the acts themselves, in a database of its own that nobody works in. A process works in
copies: what a test does there is rolled back, or put back where it was really committed (tests/contents.py). What a
furnishing returns (rooms, people, refs) is kept beside it, and each test gets a fresh copy of that.

A fixture that stands on a ground bears its name (`GROUNDS`), so before a test begins it is known which one it needs.
"""

import datetime as dt
import os
import pickle
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeGuard

from django.core.cache import cache
from django.db import connections
from filelock import FileLock

from common.dates import SHANGHAI
from tests import contents, database
from tests.contents import Contents

Standing = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """`furnish` is told what stands there already, by the grounds' names, and returns what it adds."""

    name: str
    furnish: Callable[[Standing], Any]
    on: "Ground | None" = None

    @property
    def chain(self) -> list["Ground"]:
        return [*(self.on.chain if self.on else []), self]


@dataclass(frozen=True)
class Made:
    """A furnished ground. It is of its day: what was done "yesterday" there is of no use tomorrow."""

    stamp: str
    under: str
    day: dt.date
    standing: bytes
    contents: Contents


GROUNDS: Final[dict[str, Ground]] = {}
_here: Ground | None = None
_copies: dict[str, str] = {}  # by ground, the stamp of what this process's copy was made from
_made: dict[str, Made] = {}


def ground(name: str, furnish: Callable[[Standing], Any], on: Ground | None = None) -> Ground:
    """Name a ground; the fixture of the same name stands on it."""
    made = GROUNDS[name] = Ground(name, furnish, on)
    return made


def needed(fixtures: Iterable[str]) -> Ground | None:
    """Return the ground that these fixtures need together, or None.

    :raises AssertionError: where no ground has all of it.
    """
    found = sorted((GROUNDS[name] for name in fixtures if name in GROUNDS), key=lambda one: len(one.chain))
    if not found:
        return None
    assert set(found) <= set(found[-1].chain), f"no ground holds all of {[one.name for one in found]}"
    return found[-1]


def stand_on(wanted: Ground) -> None:
    """Let this process's connections lead to its copy of a ground."""
    global _here
    made = _furnished(wanted)
    if _copies.get(wanted.name) != made.stamp:
        _leave()
        database.recreate(_address(), _copy(wanted), _template(wanted))
        _copies[wanted.name] = made.stamp
    if _here is not wanted:
        _leave()
        _point_at(_copy(wanted))
        _here = wanted


def what_stands() -> Standing:
    """Return a fresh copy of what stands on this ground, by the grounds' names."""
    assert _here
    return dict(pickle.loads(_made[_here.name].standing))


def put_back() -> None:
    """Let the copy one stands on be as it was furnished, whatever was committed there."""
    assert _here
    connections.close_all()
    if not contents.restore(_address(), _copy(_here), _made[_here.name].contents):
        spoilt()


def spoilt() -> None:
    """Have the copy one stands on made anew before it is used again."""
    assert _here
    _copies.pop(_here.name, None)


def as_made() -> Contents:
    """Return what the ground one stands on held when it was furnished."""
    assert _here
    return _made[_here.name].contents


def as_it_is() -> Contents:
    """Return what the copy one stands on holds now, as another connection sees it."""
    assert _here
    return contents.read(_address(), _copy(_here))


def strange() -> dict[str, list[str]]:
    """Return by database the tables that are no longer as they were furnished: somebody committed and left it."""
    copies = {_copy(GROUNDS[name]): _made[name].contents for name in _copies}
    found = {name: contents.differences(_address(), name, wanted) for name, wanted in copies.items()}
    return {name: tables for name, tables in found.items() if tables}


def _furnished(wanted: Ground) -> Made:
    """Return what is kept of a ground; furnish it where nobody has, upon the one below as that is, today."""
    below = _furnished(wanted.on) if wanted.on else None
    today = dt.datetime.now(SHANGHAI).date()
    if _is_good(made := _made.get(wanted.name), below, today):
        return made
    note = Path(os.environ["DATA_DIR"]) / "grounds" / wanted.name
    note.parent.mkdir(exist_ok=True)
    with FileLock(note.with_suffix(".lock")):
        made = pickle.loads(note.read_bytes()) if note.exists() else None
        if not _is_good(made, below, today):
            made = _furnish(wanted, below, today)
            note.write_bytes(pickle.dumps(made))
    _made[wanted.name] = made
    return made


def _is_good(made: Made | None, below: Made | None, today: dt.date) -> TypeGuard[Made]:
    return made is not None and made.under == (below.stamp if below else "") and (below is None or made.day == today)


def _furnish(wanted: Ground, below: Made | None, today: dt.date) -> Made:
    _leave()
    name = _template(wanted)
    database.recreate(_address(), name, _template(wanted.on) if wanted.on else "template0")
    _point_at(name)
    before: Standing = dict(pickle.loads(below.standing)) if below else {}
    added = wanted.furnish(before)
    _leave()
    return Made(
        stamp=secrets.token_hex(8), under=below.stamp if below else "", day=today,
        standing=pickle.dumps({**before, wanted.name: added}), contents=contents.read(_address(), name),
    )  # fmt: skip


def _leave() -> None:
    global _here
    _here = None
    connections.close_all()
    cache.clear()


def _point_at(name: str) -> None:
    connections["default"].settings_dict["NAME"] = name
    # Programs that a test starts are to work here too.
    os.environ["DATABASE_URL"] = f"{_address().rpartition('/')[0]}/{name}?assume_role=liandong_app"


def _address() -> str:
    return os.environ["TEST_ADDRESS"]


def _template(one: Ground) -> str:
    return f"liandong_{one.name}"


def _copy(one: Ground) -> str:
    return f"{_address().rpartition('/')[2]}_{one.name}" if one.on else _address().rpartition("/")[2]
