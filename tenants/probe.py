"""The start's check that each statement is answered from its own place, whatever stands before the database."""

from threading import Lock
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tenants.places import PUBLIC, Place

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper

CLIENTS = 4
ROUNDS = 20
ELSEWHERE = Place("information_schema")  # always there, and never where a connection stands by itself

_checked: set[tuple[str, str, str]] = set()
_checking = Lock()


def check_once(wrapper: "DatabaseWrapper") -> None:
    """Check the way to the database at a process's first connection: of the web, a worker, beat, any command.

    :raises ImproperlyConfigured: if places mix; then nothing of this process reads or writes.
    """
    way = tuple(str(wrapper.settings_dict[name]) for name in ("HOST", "PORT", "NAME"))
    if way in _checked or _checking.locked():  # the check's own connections come by here too
        return
    with _checking:
        if way not in _checked:
            try:
                refuse_mixed_places(wrapper)
            except ImproperlyConfigured:
                wrapper.close()
                raise
            _checked.add(way)  # type: ignore[arg-type]  # three strings


def refuse_mixed_places(wrapper: "DatabaseWrapper | None" = None) -> None:
    """Let four connections ask in turn where they stand, all first, then all again: two questions in a row would meet
    the same server process behind a pooler and prove nothing.

    :raises ImproperlyConfigured: at the first answer from elsewhere.
    """
    model = wrapper or cast("DatabaseWrapper", connections["default"])
    clients = [(model.copy(), ELSEWHERE if number % 2 else PUBLIC) for number in range(CLIENTS)]
    try:
        for _ in range(ROUNDS):
            for client, place in clients:
                client.stand(place)
                if (answer := _where(client)) != place.schema:
                    raise ImproperlyConfigured(
                        f"DATABASE_URL ({client.settings_dict['HOST']}) leads to something that answers a statement of "
                        f"{place.schema} from {answer}: agencies' data would mix, so nothing is started."
                    )
    finally:
        for client, _place in clients:
            client.close()


def _where(client: "DatabaseWrapper") -> str:
    with client.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])
