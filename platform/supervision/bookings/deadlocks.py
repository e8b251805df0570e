"""Two bookings may wait for each other; the database ends one of them, and it simply asks again."""

import functools
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

TRIES: Final = 5
Params = ParamSpec("Params")
Result = TypeVar("Result")


def again_after_deadlock(act: Callable[Params, Result]) -> Callable[Params, Result]:
    """Run `act` in a transaction, anew when the database ended it to undo a deadlock; the fifth time it is an error."""

    @functools.wraps(act)
    def steady(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected) or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    return steady
