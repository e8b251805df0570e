"""A room for each noun: no folder of more than fifteen files, and no file whose name nobody could have guessed."""

import re
from collections import Counter
from pathlib import Path

from config.sources import ROOT, python_files

MOST_FILES = 15
# What any app may hold; `receipt_views` is such a word with its noun before it.
STANDARD = [
    *("models", "actions", "rules", "queries", "access", "forms", "views", "urls"),
    *("api", "tasks", "door", "apps", "middleware", "serializers"),
]
# The demo's play and the launcher are programs of their own; commands, tags and migrations are named by Django.
APART = {"migrations", "management", "templatetags", "demo", "launch", "commands"}


def files() -> list[Path]:
    return [file for file in python_files(migrations=False) if not APART & set(file.parts)]


def glossary() -> set[str]:
    """Every word in backticks of docs/glossary.md."""
    return set(re.findall(r"`([a-z_]+)`", (ROOT / "docs/glossary.md").read_text()))


def test_no_folder_holds_more_than_fifteen_files() -> None:
    sizes = Counter(file.parent for file in python_files(migrations=False))
    assert {str(folder): size for folder, size in sizes.items() if size > MOST_FILES} == {}


def test_every_file_bears_a_standard_name_or_a_word_of_the_glossary() -> None:
    words = {*STANDARD, *glossary()}
    odd = {
        str(file.relative_to(ROOT))
        for file in files()
        if file.stem != "__init__" and file.stem not in words and not set(STANDARD) & set(file.stem.split("_"))
    }
    assert odd == set()


def test_the_glossary_names_nothing_that_is_gone() -> None:
    there = {part for file in files() for part in file.with_suffix("").relative_to(ROOT).parts}
    assert glossary() - there - set(STANDARD) == set()


def test_the_glossarys_models_exist() -> None:
    from django.apps import apps

    named = re.findall(r"`([a-z]+)\.([A-Z][A-Za-z]+)`", (ROOT / "docs/glossary.md").read_text())
    assert len(named) > 30
    for app, model in named:
        apps.get_model(app, model)
