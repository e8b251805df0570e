"""Log lines as key=value, with all that could be a person's blotted out.

What breaks often carries what was typed: PostgreSQL repeats a refused row after DETAIL, Django a path nobody knows.
Names and addresses are written in Han or another script of their own, numbers have eleven digits or more.
"""

import logging
import re

# ID numbers (15 or 18), mobile and landline numbers, in groups or in one run.
NUMBER = re.compile(r"\d(?:[ \-]?\d){10,}[Xx]?")
QUERY = re.compile(r"\?[^\s\"']+")
# Anything written beyond ASCII, plain or escaped for a URL, for JSON or by Python.
TEXT = re.compile(r"(?:[^\x00-\x7f]|%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2,8})+")
ROW = re.compile(r"(DETAIL:).*")


def scrub(text: str) -> str:
    """Return `text` without query strings, refused rows, long numbers and words beyond ASCII."""
    text = ROW.sub(r"\1 [row]", QUERY.sub("?[query]", text))
    return TEXT.sub("[text]", NUMBER.sub("[number]", text))


class LineFormatter(logging.Formatter):
    """One line: time, level, logger, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))
