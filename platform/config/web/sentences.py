"""Every sentence the product says, read from the sources themselves: what the English catalogue must hold.

Run `python -m config.web.sentences` to add new sentences (untranslated) to locale/en and drop those no longer said.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import polib
from django.utils.translation.template import templatize

from config.sources import ROOT, python_files

POLICY_WORDS = {"title", "rule", "name", "consequence", "unit", "issuer"}
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext"}
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# templatize() turns a template into text with gettext calls at the places of its translations.
SAID = re.compile(r"(?:gettext|_)\(u?(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff]")


def sentences() -> set[str]:
    """Return every Chinese sentence marked for translation in Python and templates."""
    found = set(_in_python()) | set(_in_templates()) | set(_in_programmes())
    return {sentence for sentence in found if CHINESE.search(sentence)}


def _in_python() -> Iterator[str]:
    for file in python_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in CALLS:
                yield from (text for arg in node.args for text in _texts(arg))


def _in_templates() -> Iterator[str]:
    for file in (*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates" / "letters").glob("*.txt")):
        text = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        for match in SAID.finditer(text):
            said = ast.literal_eval(match["text"])
            yield said.replace("%%", "%") if "%(" not in said else said


def _in_programmes() -> Iterator[str]:
    """The words of our own programme files: titles, rules, names of grades; clauses stay as the source has them."""
    for file in (ROOT / "platform" / "programmes" / "data").rglob("*.toml"):
        yield from _words_of(tomllib.loads(file.read_text(encoding="utf-8")))


def _words_of(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for name, value in said.items():
            if isinstance(value, str) and name in POLICY_WORDS:
                yield value
            yield from _words_of(value)
    elif isinstance(said, list):
        for value in said:
            yield from _words_of(value)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(argument: ast.expr) -> list[str]:
    """Return the text of a literal, nothing for any other expression."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    return []


def bring_up_to_date() -> list[str]:
    """Bring the English catalogue to the sentences said now; return those still without English."""
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
                          "Language": "en", "Plural-Forms": "nplurals=2; plural=(n != 1);"}  # fmt: skip
    known = {entry.msgid: entry.msgstr for entry in catalogue}
    catalogue[:] = [
        polib.POEntry(
            msgid=sentence, msgstr=known.get(sentence, ""), flags=["python-format"] if "%(" in sentence else []
        )
        for sentence in sorted(sentences())
    ]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    return [entry.msgid for entry in catalogue if not entry.msgstr]


if __name__ == "__main__":
    for missing in bring_up_to_date():
        print(missing)  # noqa: T201
