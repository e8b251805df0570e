"""Where a connection stands: nowhere, on the shared floor, or in one agency's schema."""

import re
from dataclasses import dataclass

PUBLIC_SCHEMA = "public"
SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
TENANT_SCHEMA = re.compile(r"t_[a-z0-9_]{1,38}")


class NoTenant(RuntimeError):
    """Code asked the database before anybody said which agency (or the shared floor) it works for."""


class SchemaMissing(RuntimeError):
    """The agency's schema is not there: nothing is read or written anywhere else in its place."""


@dataclass(frozen=True)
class Place:
    """`slug` is the agency's, or '' on the shared floor."""

    schema: str
    slug: str = ""

    def __post_init__(self) -> None:
        if not SCHEMA_NAME.fullmatch(self.schema):
            raise SchemaMissing(f"not a schema name: {self.schema!r}")

    @property
    def is_public(self) -> bool:
        return self.schema == PUBLIC_SCHEMA


PUBLIC = Place(PUBLIC_SCHEMA)
