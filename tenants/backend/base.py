"""django-tenants' database wrapper made to stop instead of guessing.

Differences from the library, each the mend of a measured leak:
- a new connection stands nowhere and raises; the shared floor is entered like any agency;
- the place is said in the same message as each statement (cursor.py) and lasts until its transaction ends: a pooler
  may hand every statement to another server process, and nothing has to be set again after rollbacks or reconnects;
- a missing schema is an error, raised inside the server;
- a commit the server could not confirm is an error too, never "received" (live.py).
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.base import TIMESTAMPTZ_OID
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.postgresql.psycopg_any import IsolationLevel, register_tzloader
from django.db.utils import OperationalError
from django.utils.functional import cached_property
from django_tenants.postgresql_backend import base
from psycopg import sql
from psycopg.pq import Format, TransactionStatus

from tenants.backend.cursor import PlacedCursor, PlacedServerCursor, path_statement
from tenants.backend.live import CommitUnknown, LiveConnection, Unconfirmed, answers_again
from tenants.places import PUBLIC, PUBLIC_SCHEMA, NoTenant, Place

# They would send statements by ways the place does not travel.
REFUSED_OPTIONS = ("server_side_binding", "prepare_threshold", "cursor_factory", "isolation_level", "pool")


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """Return the statement as it was written: in logs and counts the path before it is noise."""
        said = super().last_executed_query(cursor, sql, params)
        place = getattr(cursor, "place", None)
        return said.removeprefix(path_statement(place)) if said and place else said


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # the library ships no types
    ops_class = Operations
    place: Place | None = None
    is_owners = False  # tenants/backend/owner.py

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand(None)

    def get_connection_params(self) -> dict[str, Any]:
        for name in REFUSED_OPTIONS:
            if self.settings_dict["OPTIONS"].get(name) is not None:
                raise ImproperlyConfigured(f"the database option {name} would part agencies from their statements")
        params: dict[str, Any] = super().get_connection_params()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> LiveConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return LiveConnection.connect(**conn_params)

    def connect(self) -> None:
        """Connect. Django asks the catalogue for types meanwhile: from the shared floor, if we stand nowhere."""
        from tenants.probe import check_once

        answers_again()
        before = self.place
        self.stand(before or PUBLIC)
        try:
            super().connect()
        finally:
            self.stand(before)
        check_once(self)

    def stand(self, place: Place | None) -> None:
        """Say where the next statements belong. Only tenants/running.py calls this, and the start's check."""
        self.place = place
        self.schema_name = place.schema if place else None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Take the library's own way in only while the library's constructor runs."""
        if self.place is not None or tenant.schema_name != PUBLIC_SCHEMA:
            raise NoTenant("the schema is switched in tenants/running.py only")

    def _cursor(self, name: str | None = None) -> Any:
        if self.place is None:
            raise NoTenant("no agency and no shared floor: enter one through tenants/running.py")
        return super()._cursor(name)

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Leave the path to the cursors."""

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = PlacedServerCursor(self.connection, self, name) if name else PlacedCursor(self.connection, self)
        loader = self.connection.adapters.get_loader(TIMESTAMPTZ_OID, Format.TEXT)
        if self.timezone != loader.timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    def chunked_cursor(self) -> Any:
        """Return a named cursor inside a transaction, a plain one outside.

        Outside it would be declared WITH HOLD under a name made of the thread's number, and behind a pooler forked
        workers of one number read each other's lists. So a long list that must not lie in memory stands in `atomic()`.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()

    def _commit(self) -> None:
        """Commit, or say that nobody knows whether it did.

        :raises CommitUnknown: the connection broke before the answer, or the server gave up waiting for its standby.
        """
        try:
            super()._commit()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state is None or state.startswith(("08", "57P")):
                raise CommitUnknown("the connection was lost while committing") from error
            raise
        self.confirm_replicated()

    def confirm_replicated(self) -> None:
        """Raise Unconfirmed if the server said that it had stopped waiting for its standby."""
        if self.connection is not None and self.connection.unreplicated:
            self.connection.unreplicated = False
            raise Unconfirmed("committed here, but the standby did not confirm it")

    @cached_property
    def pg_version(self) -> int:
        """Ask the connection itself: Django would open a cursor, and a first connection may stand nowhere yet."""
        self.ensure_connection()
        version: int = self.connection.info.server_version
        return version

    def change_role(self, role: str) -> None:
        """Put a role on or off (tenants/backend/owner.py); in an aborted transaction nothing can be said."""
        self.ensure_connection()
        if self.connection.info.transaction_status != TransactionStatus.INERROR:
            with self.wrap_database_errors, self.connection.cursor() as own:
                own.execute(sql.SQL("SET ROLE {}").format(sql.SQL(role) if role == "NONE" else sql.Identifier(role)))

    def check_constraints(self, table_names: Any = None) -> None:
        """Check what was deferred. This names no table, so it needs no place: the transaction has its last path."""
        with self.wrap_database_errors, self.connection.cursor() as own:
            own.execute("SET CONSTRAINTS ALL IMMEDIATE")
            own.execute("SET CONSTRAINTS ALL DEFERRED")
