"""One list of source folders, in pyproject.toml; what cannot read it (Dockerfile, .dockerignore) is held against it."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import pytest

from config.sources import FOLDERS, ROOT, python_files

BY_HAND = re.compile(r"\btenants\b\W{1,6}\bservices\b")
# What the running image reads besides its Python.
READ = {"manage.py", "pyproject.toml", "templates", "locale", "docs/guides"}


def stages() -> dict[str, list[str]]:
    """Return what each stage of the Dockerfile copies from the source tree; the last one is called "image"."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("FROM "):
            _, _, name = line.partition(" AS ")
            found[name or "image"] = []
        elif line.startswith("COPY ") and "--from=" not in line:
            found[list(found)[-1]] += line.split()[1:-1]
    return found


def is_let_in(path: str, rules: list[str]) -> bool:
    """Tell whether .dockerignore lets a path through: the last rule that fits it or a folder above it decides."""
    let_in = True
    for rule in rules:
        pattern = rule.removeprefix("!")
        if any(fnmatchcase(str(each), pattern) for each in (PurePosixPath(path), *PurePosixPath(path).parents)):
            let_in = rule.startswith("!")
    return let_in


def rules() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def test_the_image_copies_every_source_folder() -> None:
    copied = stages()

    assert set(FOLDERS) | READ <= set(copied["image"])
    # Styles that neither a template nor Python names are dropped: a folder that is missing there loses its own.
    assert {*FOLDERS, "templates", "pyproject.toml"} <= set(copied["front"])


@pytest.mark.parametrize("path", sorted({path for paths in stages().values() for path in paths}))
def test_what_the_image_copies_exists_and_reaches_the_builder(path: str) -> None:
    assert (ROOT / path).exists()
    assert is_let_in(path, rules())


def test_nothing_reaches_the_builder_that_is_not_copied() -> None:
    copied = {path for paths in stages().values() for path in paths}
    let_in = {rule.removeprefix("!") for rule in rules() if rule.startswith("!")}

    assert all(any(PurePosixPath(path).is_relative_to(name) for path in copied) for name in let_in)


def test_a_folder_that_is_not_let_in_is_noticed() -> None:
    without = [rule for rule in rules() if rule != "!billing"]

    assert not is_let_in("billing", without)
    assert not is_let_in("platform/config/static", rules())


def test_the_asset_build_reads_the_same_list() -> None:
    """JavaScript reads it from the text of pyproject.toml: it stands there once, on one line, as JSON too."""
    lines = re.findall(r"^only-include = (\[.*\])$", (ROOT / "pyproject.toml").read_text("utf-8"), re.M)

    assert [json.loads(line) for line in lines] == [list(FOLDERS)]


def test_the_folders_are_named_by_hand_nowhere_else() -> None:
    scripts = [file for folder in (".ci", "tests", "bench") for file in (ROOT / folder).rglob("*") if file.is_file()]
    files = [
        *python_files(),
        *(file for file in scripts if file.suffix != ".pyc"),
        *(ROOT / "platform" / "config" / "assets").glob("*.mjs"),
        ROOT / "Makefile",
    ]
    named = {str(file.relative_to(ROOT)) for file in files if BY_HAND.search(file.read_text("utf-8", errors="ignore"))}

    assert named == set()
