"""Log lines as key=value, with numbers that could be a person's blotted out."""

import logging
import re

# ID numbers (15 or 18), mobile and landline numbers: any run of 11 to 18 digits.
NUMBER = re.compile(r"\d{11,17}[\dXx]?")
QUERY = re.compile(r"\?[^\s\"']+")


def scrub(text: str) -> str:
    """Return `text` without long digit runs and without query strings, where names are searched for."""
    return NUMBER.sub("[number]", QUERY.sub("?[query]", text))


class LineFormatter(logging.Formatter):
    """One line: time, level, logger, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))
