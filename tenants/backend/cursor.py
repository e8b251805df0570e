"""Cursors that say their place in the same message as each statement.

A message of several statements is one implicit transaction on the server, and every pooler hands one message to one
server process. So the path cannot come apart from the statement that needs it, in whatever mode the pooler runs, and
nothing is left behind in the session. It costs no round trip.

What psycopg sends by other ways than `execute` cannot take the path along and is refused or led through a transaction:
COPY, pipelines (`executemany`), `stream`, named cursors.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import NotSupportedError
from psycopg import ClientCursor, ServerCursor, errors, sql
from psycopg.client_cursor import ClientCursorMixin
from psycopg.pq import TransactionStatus

from tenants.places import PUBLIC_SCHEMA, NoTenant, Place, SchemaMissing

if TYPE_CHECKING:
    from psycopg import Connection

    from tenants.backend.base import DatabaseWrapper


@cache
def path_statement(place: Place, *, before_any_snapshot: bool = False) -> str:
    """Return what stands before a statement of `place`: its path until the transaction ends.

    The cast raises where the schema is gone; without it PostgreSQL would read the shared floor's tables instead. It
    takes a snapshot, which `SET TRANSACTION` must come before. `Place` has held the name against its pattern.
    """
    path = place.schema if place.is_public else f"{place.schema},{PUBLIC_SCHEMA}"
    if before_any_snapshot:
        return f"SET LOCAL search_path TO {path};"
    return f"SELECT set_config('search_path','{path}',true),'{place.schema}'::regnamespace;"


def _with_path(place: Place, query: Any) -> Any:
    if isinstance(query, str):
        first = path_statement(place, before_any_snapshot=query.startswith("SET TRANSACTION"))
        return first + query
    if isinstance(query, bytes):
        return path_statement(place).encode() + query
    return sql.SQL(path_statement(place)) + query


class PlacedCursor(ClientCursor[Any]):
    """An unnamed cursor of one place: it refuses to run after its connection was told to stand elsewhere."""

    def __init__(self, connection: "Connection[Any]", wrapper: "DatabaseWrapper") -> None:
        super().__init__(connection)
        self.wrapper = wrapper  # the cursor knows the wrapper, never the connection: a ring would outlive its thread
        self.place = wrapper.place

    def _stand(self) -> Place:
        stands = self.wrapper.place
        if self.place is None or (stands is not self.place and stands != self.place):
            raise NoTenant("this cursor belongs to another place")
        return self.place

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Self:
        if self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
            # Only a rollback can follow; the path would be refused before it.
            return super().execute(query, params, prepare=prepare, binary=binary)
        place = self._stand()
        try:
            super().execute(_with_path(place, query), params, prepare=prepare, binary=binary)
        except errors.InvalidSchemaName as error:
            raise SchemaMissing(f"schema {place.schema} does not exist") from error
        finally:
            self.wrapper.confirm_replicated()
        self.nextset()  # past the path's own result
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], *, returning: bool = False) -> None:
        """Run one by one: psycopg would send a pipeline, whose statements the path cannot join."""
        if returning:
            raise NotSupportedError("executemany(returning=True) has no place")
        for params in params_seq:
            self.execute(query, params)

    def stream(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotSupportedError("stream() has no place: use .iterator() inside a transaction")

    @contextmanager
    def copy(self, statement: Any, params: Any = None, *, writer: Any = None) -> Iterator[Any]:
        """COPY goes in a message of its own, so it needs the transaction that holds the path."""
        if self.connection.autocommit:
            raise NotSupportedError("COPY outside a transaction has no place: use atomic()")
        self.execute("")
        with super().copy(statement, params, writer=writer) as copy:
            yield copy


class PlacedServerCursor(ClientCursorMixin[Any], ServerCursor[Any]):
    """A named cursor, inside a transaction only: the path is said right before its DECLARE."""

    def __init__(self, connection: "Connection[Any]", wrapper: "DatabaseWrapper", name: str) -> None:
        super().__init__(connection, name=name, scrollable=False, withhold=False)
        self.path = PlacedCursor(connection, wrapper)

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        self.path.execute("")
        return super().execute(query, params, **options)
