"""Which tables are an agency's, which of their columns it gets, and how a value is written.

Nothing is listed by name that can be found: every table of services/ is the agency's, and every shared table that
names the agency holds rows of its. What is left out is listed, with why; tests/services/leaving hold both lists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.sealing import CannotOpen
from common.texts.plain import plain
from services.clients.privacy.sealed import opened_value
from tenants.departure.tenant_rows import rows_of, tenant_models
from tenants.models import Tenant

SEALED: Final = "_sealed"
CHUNK: Final = 2000
# Rows that open doors instead of telling anything. The rest of each table's columns is given.
SECRET_NAMES: Final = frozenset({"password", "token", "secret", "code_digest", "wrapped"})
SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    "journal.KeptAnswer": ("body",),
    "people.StaffInvitation": ("digest",),
    "enrolment.Invitation": ("digest",),
}
# Shared tables that name an agency and hold keys to it, or what others keep about it.
HELD_BACK: Final[Mapping[str, Any]] = {
    "tenants.TenantKey": _("加密密钥"),
    "accounts.ApiToken": _("程序令牌"),
    "contracts.Mark": _("购买方的评分底稿"),
    "billing.StripeEvent": _("支付平台的原始通知"),
}
# A sealed field that is not bound to its own row: the kind and ref it is bound to, and the field's name there.
BOUND_ELSEWHERE: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "records.RecordVersion.said_sealed": ("servicerecord", "record__ref", "version", "version"),
}


@dataclass(frozen=True)
class Column:
    """One column as it is exported: `name` in the file, `field` of the model; a sealed one is opened."""

    name: str
    field: "Field[Any, Any]"
    is_personal: bool
    is_secret: bool = False

    @property
    def is_sealed(self) -> bool:
        return self.field.attname.endswith(SEALED)

    def label(self, language: str) -> str:
        """Return what people call it, in a language; the bare name where nobody gave it one."""
        with translation.override(language):
            return str(self.field.verbose_name)

    @property
    def type(self) -> str:
        return "TextField" if self.is_sealed else self.field.get_internal_type()


@dataclass(frozen=True)
class Table:
    """A table of the export. `way` leads from a shared row to its agency; '' for a table in the agency's own schema."""

    model: type[Model]
    way: str = ""

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def folder(self) -> str:
        return "shared" if self.way else "agency"

    @property
    def words(self) -> str:
        """Return what the model says of itself."""
        if self.model._meta.auto_created:
            return "Links between two tables."
        return " ".join((self.model.__doc__ or "").split())

    @cached_property
    def columns(self) -> list[Column]:
        privacy = getattr(self.model, "privacy", Privacy())
        secret = SECRET_NAMES.union(SECRETS.get(self.label, ()))
        return [
            Column(field.attname.removesuffix(SEALED), field, field.name in privacy.personal, field.name in secret)
            for field in self.model._meta.concrete_fields
        ]

    @property
    def given(self) -> list[Column]:
        return [column for column in self.columns if not column.is_secret]

    def rows(self, tenant: Tenant) -> "QuerySet[Any]":
        """Return the agency's rows in the order they were made."""
        if self.way:
            return rows_of(self.model, self.way, tenant).order_by("pk")
        return self.model._default_manager.order_by("pk")

    def values(self, tenant: Tenant, unreadable: list[str]) -> Iterator[list[Any]]:
        """Yield each row as plain values in the order of `given`; what does not open is '' and goes to `unreadable`."""
        columns = self.given
        extra = {name: BOUND_ELSEWHERE[key] for name in columns_sealed(columns) if (key := self._key(name))}
        paths = ["ref"] if any(column.is_sealed for column in columns) and not extra else []
        paths += [path for bound in extra.values() for path in (bound[1], bound[3])]
        names = [column.field.attname for column in columns] + paths
        kind = self.model.__name__.lower()
        for row in self.rows(tenant).values_list(*names).iterator(chunk_size=CHUNK):
            by_name = dict(zip(names, row, strict=True))
            values = []
            for column in columns:
                value = by_name[column.field.attname]
                if column.is_sealed and value:
                    bound = extra.get(column.field.attname)
                    place = (
                        {"kind": bound[0], "ref": by_name[bound[1]], "field": f"{bound[2]}{by_name[bound[3]]}"}
                        if bound
                        else {"kind": kind, "ref": by_name["ref"], "field": column.name}
                    )
                    try:
                        value = opened_value(bytes(value), **place)
                    except CannotOpen:
                        unreadable.append(f"{self.name}.{column.name}")
                        value = ""
                values.append(plain(value))
            yield values

    def _key(self, name: str) -> str:
        key = f"{self.label}.{name}"
        return key if key in BOUND_ELSEWHERE else ""


def columns_sealed(columns: list[Column]) -> list[str]:
    """Return the names of the sealed ones."""
    return [column.field.attname for column in columns if column.is_sealed]


def tables() -> list[Table]:
    """Return every table of the agency's schema, then every shared table with rows of its."""
    own = [
        Table(model)
        for name in settings.TENANT_APPS
        for model in apps.get_app_config(name.rpartition(".")[2]).get_models(include_auto_created=True)
    ]
    return sorted(own, key=lambda table: table.name) + sorted(shared(), key=lambda table: table.name)


def shared() -> list[Table]:
    """Return the shared tables that name an agency, or belong to one that does, without those held back."""
    return [Table(model, way) for model, way in tenant_models() if model._meta.label not in HELD_BACK]
