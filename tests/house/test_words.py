"""Two languages: every sentence has its English, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import polib
import pytest

from config.sources import ROOT, python_files
from config.web.sentences import CATALOGUE, sentences
from tests.cast import signed_in
from tests.platform.disclosure.faces import FUND, face, moved
from tests.workroom import Workroom

PLACE = re.compile(r"%\(\w+\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}


def test_every_sentence_has_its_english() -> None:
    known = english()

    assert sorted(sentence for sentence in sentences() if not known.get(sentence)) == []


def test_no_sentence_is_fixed_when_its_module_is_read() -> None:
    """`gettext` at module level would speak the first reader's language to everybody; there it is gettext_lazy."""
    early = []
    for file in python_files():
        tree = ast.parse(file.read_text())
        names = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if alias.name == "gettext"
        }
        early += [f"{file.name}:{call.lineno}" for call in calls_when_read(tree) if call.func.id in names]
    assert early == []


def calls_when_read(tree: ast.AST) -> Iterator[Any]:
    """Yield the calls of plain names that run when a module is imported: not those inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node
        yield from calls_when_read(node)


def test_both_languages_name_the_same_things() -> None:
    wrong = [zh for zh, en in english().items() if sorted(PLACE.findall(zh)) != sorted(PLACE.findall(en))]

    assert wrong == []


AGENCY_PAGES = (
    "/", "/clients/", "/records/new/", "/stations/", "/staff/", "/volunteers/", "/me/", "/funds/",
    "/funds/utilisation/", "/grants/", "/grants/new/",
)  # fmt: skip


@pytest.mark.parametrize("page", AGENCY_PAGES)
def test_pages_speak_english_when_asked(north_room: Workroom, page: str) -> None:
    browser = signed_in(north_room.director, north_room.host)
    browser.post("/i18n/setlang/", {"language": "en"})

    text = re.sub(r"<[^>]+>", " ", browser.get(page).content.decode())
    room = north_room
    people = [room.director.name, room.lin.name, room.wei.name, room.an.name, room.client.name, room.volunteer.name]
    places = [room.tenant.name, room.station.name, room.other_station.name, room.room.name, "社工站", "社工室", "中文"]
    for own in [*people, *places, room.director.name[-1]]:  # an avatar shows a name's last letter
        text = text.replace(own, "")

    assert "".join(CHINESE.findall(text)) == ""


@pytest.mark.usefixtures("north_row", "public")
def test_the_funds_page_of_the_public_speaks_english_when_asked() -> None:
    face(name="Sunshine", agency="North", custodian="Host", area="", purpose_text="", rules=[])
    moved("a", "100", "donation", "General")
    moved("b", "-10", "fee", "General")
    browser = signed_in(None)
    browser.post("/i18n/setlang/", {"language": "en"})

    for page in ("", f"{FUND}/", f"{FUND}/movements/", f"{FUND}/books/"):
        text = re.sub(r"<[^>]+>", " ", browser.get(f"/funds/{page}").content.decode()).replace("中文", "")
        assert "".join(CHINESE.findall(text)) == "", page


def test_each_english_head_in_a_template_begins_large() -> None:
    """Heads of columns that are written by hand; those of a `Column` begin large by themselves."""
    known, head = english(), re.compile(r"""(?:<th\b[^>]*>|data-label=")\s*\{% translate ["']([^"']+)["']""")
    heads = {
        (file.name, sentence)
        for file in (ROOT / "templates").rglob("*.html")
        for sentence in head.findall(file.read_text())
    }
    assert len(heads) > 10
    assert {(name, known[said]) for name, said in heads if known.get(said, "A")[:1].islower()} == set()
