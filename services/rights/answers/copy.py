"""The copy a person is given: the same content as a PDF to read and as JSON for programs, in one ZIP."""

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from common.files import papers
from services.rights.answers.gather import Section, sections_about
from services.rights.models import PersonRequest

PAPER: Final = Path(__file__).parents[1] / "papers" / "copy.typ"


def package(request: PersonRequest, agency: str, day: dt.date) -> bytes:
    """Return the ZIP with copy.pdf and copy.json, in Chinese."""
    with translation.override("zh-hans"):
        sections = sections_about(request.person)
        inputs = _inputs(request, agency, day, sections)
        paper = papers.pdf(PAPER, inputs, day)
        content = json.dumps(as_json(request, agency, day, sections), ensure_ascii=False, indent=1).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.pdf", paper)
        archive.writestr("copy.json", content)
    return file.getvalue()


def as_json(request: PersonRequest, agency: str, day: dt.date, sections: list[Section]) -> dict[str, Any]:
    """Return the copy as plain values: sections with their title and rows of label -> value."""
    return {
        "agency": agency,
        "request": request.ref,
        "made_on": day.isoformat(),
        "sections": [
            {"kind": section.label, "title": section.title, "rows": [_by_label(row) for row in section.rows]}
            for section in sections
        ],
    }


def _by_label(row: list[tuple[str, str]]) -> dict[str, str]:
    """Return the row by label; what two fields say under one label stands there together."""
    by_label: dict[str, str] = {}
    for label, value in row:
        by_label[label] = f"{by_label[label]}；{value}" if label in by_label else value
    return by_label


def _inputs(request: PersonRequest, agency: str, day: dt.date, sections: list[Section]) -> dict[str, str]:
    shown = [
        {"title": section.title, "rows": [[[label, value] for label, value in row] for row in section.rows]}
        for section in sections
    ]
    about = {"agency": agency, "day": f"{day:%Y-%m-%d}", "ref": request.ref}
    return {
        "title": _("个人信息副本"),
        "about": _("%(agency)s 于 %(day)s 制作，请求编号 %(ref)s。"
            "副本包含本机构保存的关于您的全部信息，不含他人的信息。") % about,
        "sections": json.dumps(shown, ensure_ascii=False),
    }  # fmt: skip
