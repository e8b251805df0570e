"""The pages for who changes the code stay true: each path, command and version that they name is there."""

import re
import tomllib
from pathlib import Path

import pytest

from config.sources import ROOT

PAGES = ("docs/developing.md", "docs/contributing.md", "CONTRIBUTING.md", "CHANGELOG.md")
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`|(?:T=|\s)((?:tests|platform|services|tenants|docs)/[\w./-]+)")
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake ([a-z]+)\b")
TOPS = {file.name for file in ROOT.iterdir()}


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def paths(page: str) -> set[str]:
    """Return the paths a page names: what begins with something that stands at the root, and all its links."""
    named = {(match[1] or match[2]).rstrip(".") for match in PATH.finditer(text(page))}
    return {path for path in named if "/" in path and path.split("/")[0] in TOPS}


@pytest.mark.parametrize("page", PAGES)
def test_each_path_it_names_is_there(page: str) -> None:
    assert [path for path in sorted(paths(page)) if not (ROOT / path).exists()] == []
    here = (ROOT / page).parent
    links = [link for link in LINK.findall(text(page)) if "://" not in link]
    assert [link for link in links if not (here / link).exists()] == []


@pytest.mark.parametrize("page", [*PAGES, "README.md", "README.zh-CN.md"])
def test_each_make_target_it_names_is_there(page: str) -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.M)
    assert phony
    assert set(TARGET.findall(" ".join(re.findall(r"`[^`]+`|^    .*$", text(page), re.M)))) <= set(phony[1].split())


def test_the_page_names_many_paths() -> None:
    """The search above finds them."""
    assert len(paths("docs/developing.md")) > 40
    assert "tests/services/volunteers/test_volunteers.py" in paths("docs/developing.md")


def test_readers_are_led_there() -> None:
    for page in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md"):
        assert "docs/developing.md" in LINK.findall(text(page)), page
    assert "developing.md" in LINK.findall(text("docs/contributing.md"))


def test_each_version_has_its_changes_and_its_note() -> None:
    changes = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.M)
    notes = re.findall(r"^### (.+)$", text("docs/upgrading.md").partition("## Notes by version")[2], re.M)
    current = tomllib.loads(text("pyproject.toml"))["project"]["version"]

    assert changes[:2] == ["Unreleased", current]
    assert notes[: len(changes)] == changes


def test_the_commit_hook_fetches_nothing() -> None:
    hooks = text(".pre-commit-config.yaml")

    assert re.findall(r"^  - repo: (\S+)$", hooks, re.M) == ["local"]
    assert "entry: make fix" in hooks
    assert Path(ROOT / ".editorconfig").exists()
