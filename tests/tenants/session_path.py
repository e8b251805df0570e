"""The way of before, kept to prove that the tests see what it does: the path set once in the session."""

from typing import Any

from django.db.backends.postgresql.base import Cursor
from django.db.backends.postgresql.base import DatabaseWrapper as DjangoWrapper

from tenants.backend.base import DatabaseWrapper
from tenants.places import PUBLIC_SCHEMA


class SessionPathWrapper(DatabaseWrapper):
    """Ours but for the cursors: plain ones, after the path was set in the session where the place changed."""

    told: str | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        assert self.place
        cursor = DjangoWrapper.create_cursor(self, name)
        if self.told != self.place.schema:
            with Cursor(self.connection) as own:
                own.execute(f"SET search_path TO {self.place.schema},{PUBLIC_SCHEMA}")
            self.told = self.place.schema
        return cursor

    def chunked_cursor(self) -> Any:
        return DjangoWrapper.chunked_cursor(self)

    def rollback(self) -> None:
        self.told = None
        super().rollback()

    def close(self) -> None:
        self.told = None
        super().close()
