"""Log lines as key=value, with all that could be a person's left out.

What breaks often carries what was typed: PostgreSQL repeats a refused row, Django a path nobody knows, Python the value
it could not read. So of an exception the log says its type and where, of the database's also which rule: never its
words, unless they can only come from our own code. What is left is scrubbed: names and addresses are written in Han or
another script of their own, numbers have eleven digits or more.
"""

import logging
import re
import traceback
from typing import Any

# ID numbers (15 or 18), mobile and landline numbers, in groups or in one run.
NUMBER = re.compile(r"\d(?:[ \-]?\d){10,}[Xx]?")
QUERY = re.compile(r"\?[^\s\"']+")
# Anything written beyond ASCII, plain or escaped for a URL, for JSON or by Python.
TEXT = re.compile(r"(?:[^\x00-\x7f]|%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2,8})+")
# A row or a statement goes on over as many lines as were typed, so all that follows goes.
ROW = re.compile(r"\b(DETAIL|STATEMENT|QUERY|CONTEXT|LINE \d+):.*", re.DOTALL)
# What these say is written by whoever wrote the code, not by whoever typed.
OWN_WORDS = (AttributeError, NameError, ImportError, TypeError, SystemExit)
LONGEST_WORDS = 200
# What Celery puts into its messages of a task, and may hold anything.
CELERYS = ("exc", "traceback", "args", "kwargs", "return_value")


def scrub(text: str) -> str:
    """Return `text` without query strings, refused rows, long numbers and words beyond ASCII."""
    text = ROW.sub(r"\1: [row]", QUERY.sub("?[query]", text))
    return TEXT.sub("[text]", NUMBER.sub("[number]", text))


def describe(error: BaseException) -> str:
    """Return an exception's type, and of its words only what names no value."""
    said = type(error).__name__
    if diagnosis := getattr(error, "diag", None):
        rules = ("sqlstate", "schema_name", "table_name", "column_name", "constraint_name")
        told = {name: getattr(diagnosis, name) for name in rules}
        return " ".join([said, *(f"{name}={value}" for name, value in told.items() if value)])
    if isinstance(error, OWN_WORDS):
        return f"{said}: {str(error).splitlines()[0][:LONGEST_WORDS] if str(error) else ''}"
    return said


def _page(request: Any) -> str:
    """Return which page was asked for as our own addresses say it: what stands in an address may be typed."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "[no such page]"


class LineFormatter(logging.Formatter):
    """One line: time, level, logger, message; below it the places an exception went through."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("celery.") and isinstance(record.args, dict):
            record = logging.makeLogRecord(record.__dict__)
            record.args = {**record.args, **dict.fromkeys(CELERYS, "-")}  # type: ignore[dict-item]
        if request := getattr(record, "request", None):
            record = logging.makeLogRecord(record.__dict__)
            addresses = {request.path, request.path.encode("unicode_escape").decode("ascii")}  # Django escapes them
            record.args = tuple(_page(request) if said in addresses else said for said in record.args or ())
        record.exc_text = None  # another formatter's words
        return scrub(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        """Return the chain of exceptions, the first one first, each with its places and without its values."""
        parts: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(parts) < 10:
            places = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{places}{describe(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nled to\n".join(reversed(parts))
