"""Papers set as PDF by typst: a template of ours, what it says as text, and the one font of the house."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import typst
from noto_cjk_sans_otc import FONT_PATH

MIDNIGHT: Final = dt.time(tzinfo=dt.UTC)


def pdf(template: Path, says: Mapping[str, str], day: dt.date) -> bytes:
    """Return the paper as a PDF with its font in it; the same words on the same day give the same bytes.

    The template may read its own folder and nothing else; what it says is set as text, never run.
    """
    made = typst.compile(
        template, root=template.parent, font_paths=_fonts(), sys_inputs=dict(says), format="pdf",
        timestamp=dt.datetime.combine(day, MIDNIGHT),
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """All of GB 18030's Chinese, rare letters of names too: papers print alike anywhere. Read once a process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(str(FONT_PATH)).parent)]
    )
