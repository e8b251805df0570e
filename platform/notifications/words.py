"""What may stand in a notification's sentence: refs, numbers, days and public names. Pure: values in, values out.

A notification goes into mails and phones. So each word of a sentence has one of these kinds. A value of another type or
a word that is not in the list, is a mistake in our code and refused where it is told. There is no word for what people
write freely: reasons, notes, people's names.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from common.dates import SHANGHAI

LONGEST_NUMBER: Final = 40
LONGEST_NAME: Final = 100
# Mobile, landline with its area, identity card: people type them into a station's name; they never go out.
MANY_DIGITS: Final = re.compile(r"\d(?:[ -]?\d){6,}[Xx]?")


class NotPublic(ValueError):
    """A word that is no ref, number, day or public name: a mistake in our code, never something a person can mend."""


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise NotPublic(type(value).__name__)
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(value: Any) -> str:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise NotPublic(type(value).__name__)
    return value.isoformat()


def _moment(value: Any) -> str:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise NotPublic(type(value).__name__)
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _mark(value: Any) -> str:
    if not isinstance(value, str):
        raise NotPublic(type(value).__name__)
    return " ".join(value.split())[:LONGEST_NUMBER]


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise NotPublic(type(value).__name__)
    return MANY_DIGITS.sub("…", " ".join(value.split()))[:LONGEST_NAME]


# Each word that a sentence may hold. The names are of organisations, stations, funds and grades: all of them public.
WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "contract": _mark,
    "number": _mark,
    "code": _mark,
    "points": _number,
    "amount": _number,
    "count": _number,
    "days": _number,
    "day": _day,
    "moment": _moment,
    "station": _name,
    "agency": _name,
    "fund": _name,
    "grade": _name,
}


def checked(words: Mapping[str, Any]) -> dict[str, str]:
    """Return the words as they are kept.

    :raises NotPublic: for a word that no sentence may hold, or a value that is not of its kind.
    """
    unknown = words.keys() - WORDS.keys()
    if unknown:
        raise NotPublic(f"no sentence holds {sorted(unknown)}")
    return {word: WORDS[word](value) for word, value in words.items()}
