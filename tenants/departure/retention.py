"""What is kept of an agency's own tables after it left, by the models' own `retention`, without anybody's name."""

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from common.privacy import Privacy
from common.retention import OMITTED, Retention
from common.texts.plain import plain
from tenants.models import RetainedRecord, Tenant

ROWS_A_PART: Final = 20_000
SHORTEST_NAME: Final = 2
LONGEST_NAME: Final = 100
NAMED: Final = frozenset({"name", "donor", "counterparty"})


def kept_models() -> list[tuple[type[Model], Retention]]:
    """Return the models of agencies whose rows the law wants kept, by table."""
    said: list[tuple[type[Model], Any]] = [(model, getattr(model, "retention", None)) for model in own_models()]
    found = [(model, retention) for model, retention in said if isinstance(retention, Retention)]
    return sorted(found, key=lambda pair: pair[0]._meta.db_table)


def retain(tenant: Tenant, today: dt.date) -> list[RetainedRecord]:
    """Write the agency's rows to be kept into the shared archive; called while standing in the agency.

    What was written before is written anew.
    """
    RetainedRecord.objects.filter(tenant=tenant).delete()
    names = _Names()
    until = {retention.years: dt.date(today.year + retention.years, 12, 31) for _model, retention in kept_models()}
    made = []
    for model, retention in kept_models():
        for part, lines in enumerate(_parts(_rows(model, retention, names)), start=1):
            body = gzip.compress("".join(lines).encode(), mtime=0)
            record = RetainedRecord(tenant=tenant, kind=retention.kind, table=model._meta.db_table, part=part)
            record.rows, record.body, record.digest = len(lines), body, hashlib.sha256(body).hexdigest()
            record.keep_until = until[retention.years]
            record.save()
            made.append(record)
    return made


def rows_in(record: RetainedRecord) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part as they were kept.

    :raises ValueError: if the part was changed since.
    """
    body = bytes(record.body)
    if hashlib.sha256(body).hexdigest() != record.digest:
        raise ValueError(f"{record} was changed")
    for line in gzip.decompress(body).splitlines():
        yield json.loads(line)


def _parts(lines: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(lines, ROWS_A_PART)):
        yield part


def _rows(model: type[Model], retention: Retention, names: "_Names") -> Iterator[str]:
    columns = [model._meta.get_field(name).attname for name in retention.fields]  # type: ignore[union-attr]
    for values in model._default_manager.order_by("pk").values_list(*columns).iterator(chunk_size=2000):
        told = dict(zip(columns, map(plain, values), strict=True))
        for name in retention.text:
            if names.stand_in(str(told[name])):
                told[name] = OMITTED
        yield json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


class _Names:
    """Every name that stands in a personal field of the agency: of clients, volunteers, staff, donors."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        for model in own_models():
            privacy = getattr(model, "privacy", Privacy())
            for field in NAMED & privacy.personal & {field.name for field in model._meta.concrete_fields}:
                said = model._default_manager.values_list(field, flat=True).distinct()
                self._known |= {name for name in said.iterator() if SHORTEST_NAME <= len(name) <= LONGEST_NAME}
        self._lengths = sorted({len(name) for name in self._known})

    def stand_in(self, text: str) -> bool:
        """Tell whether one of them stands in the text: each piece of it is looked up, however many names there are."""
        return any(
            text[at : at + length] in self._known for length in self._lengths for at in range(len(text) - length + 1)
        )


def own_models() -> Iterator[type[Model]]:
    """Yield the models whose tables stand in each agency's schema."""
    for name in settings.TENANT_APPS:
        yield from apps.get_app_config(name.rpartition(".")[2]).get_models()
