"""Refuse to start behind a pooler that hands one client's connection to another between statements.

There, 49 to 86 of 100 reads were measured to answer from another agency's schema.
"""

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

CLIENTS = 4
ROUNDS = 5


def refuse_transaction_pooling() -> None:
    """Open a few connections and ask in turn which server process answers each.

    :raises ImproperlyConfigured: if two open connections share a server process, or one changes it.
    """
    params = connections["default"].get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    clients = [psycopg.connect(**params, autocommit=True) for _ in range(CLIENTS)]
    try:
        seen = [{_server_process(client) for _ in range(ROUNDS)} for client in clients]
    finally:
        for client in clients:
            client.close()
    if len(set().union(*seen)) != CLIENTS or any(len(pids) != 1 for pids in seen):
        raise ImproperlyConfigured(
            f"DATABASE_URL ({settings.DATABASES['default']['HOST']}) leads to a pooler in transaction mode: "
            "agencies' data would mix. Use session mode or a direct connection."
        )


def _server_process(client: "psycopg.Connection[tuple[int]]") -> int:
    row = client.execute("SELECT pg_backend_pid()").fetchone()
    assert row
    return row[0]
