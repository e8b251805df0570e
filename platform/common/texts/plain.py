"""Values as JSON can say them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from psycopg.types.range import Range


def plain(value: Any) -> Any:
    """Return a value as JSON can say it: moments and days as ISO 8601, amounts as text with their decimals."""
    if value is None or isinstance(value, bool | int | float | str | dict):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Range):
        return {"from": plain(value.lower), "to": plain(value.upper)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return str(value)
