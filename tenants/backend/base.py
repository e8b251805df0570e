"""django-tenants' database wrapper made to stop instead of guessing.

Differences from the library, each the mend of a measured leak:
- a new connection stands nowhere and raises; the shared floor is entered like any agency;
- the search path is set only if the schema exists, in one statement with bound values; an error is raised, not
  swallowed; in an aborted transaction nothing is set, since only a rollback can follow;
- what the database may have reverted (rollbacks, reconnects) is set again before the next statement.
"""

from typing import Any

from django.utils.functional import cached_property
from django_tenants.postgresql_backend import base
from psycopg.pq import TransactionStatus

from tenants.places import PUBLIC, PUBLIC_SCHEMA, NoTenant, Place, SchemaMissing

SET_PATH = "SELECT set_config('search_path', %s, false) WHERE to_regnamespace(%s) IS NOT NULL"


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]  # the library ships no types
    place: Place | None = None
    search_path_set_schemas: list[str] | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand(None)

    def connect(self) -> None:
        """Connect. Django asks the catalogue for types meanwhile: from the shared floor, if we stand nowhere."""
        before = self.place
        self.stand(before or PUBLIC)
        try:
            super().connect()
        finally:
            self.stand(before)

    def stand(self, place: Place | None) -> None:
        """Say where the next statements belong. Only tenants/running.py calls this."""
        self.place = place
        self.schema_name = place.schema if place else None
        self.search_path_set_schemas = None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Take the library's own way in only while the library's constructor runs."""
        if self.place is not None or tenant.schema_name != PUBLIC_SCHEMA:
            raise NoTenant("the schema is switched in tenants/running.py only")

    def _cursor(self, name: str | None = None) -> Any:
        if self.place is None:
            raise NoTenant("no agency and no shared floor: enter one through tenants/running.py")
        return super()._cursor(name)

    def _handle_search_path(self, cursor: Any = None) -> None:
        assert self.place
        if self.search_path_set_schemas == [self.place.schema]:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        path = self.place.schema if self.place.is_public else f"{self.place.schema},{PUBLIC_SCHEMA}"
        with self.connection.cursor() as own:
            if own.execute(SET_PATH, [path, self.place.schema]).fetchone() is None:
                raise SchemaMissing(f"schema {self.place.schema} does not exist")
        self.search_path_set_schemas = [self.place.schema]

    @cached_property
    def pg_version(self) -> int:
        """Ask the connection itself: Django would open a cursor, and a first connection may stand nowhere yet."""
        self.ensure_connection()
        version: int = self.connection.info.server_version
        return version

    def check_constraints(self, table_names: Any = None) -> None:
        """Check what was deferred. This names no table, so it needs no place."""
        with self.wrap_database_errors, self.connection.cursor() as own:
            own.execute("SET CONSTRAINTS ALL IMMEDIATE")
            own.execute("SET CONSTRAINTS ALL DEFERRED")
