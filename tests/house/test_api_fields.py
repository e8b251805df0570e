"""What may be missing in the database may be null in the API, and its document says so."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.urls import get_resolver
from rest_framework import serializers


def kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


@pytest.mark.parametrize("urlconf", ["config.urls_tenant", "config.urls_public"])
def test_no_related_field_promises_what_may_be_missing(urlconf: str) -> None:
    assert get_resolver(urlconf).url_patterns  # every api.py has been read
    wrong, seen = [], 0
    for kind in kinds(serializers.ModelSerializer):
        if not hasattr(getattr(kind, "Meta", None), "model"):
            continue
        for name, field in kind().fields.items():
            try:
                column = kind.Meta.model._meta.get_field(field.source)
            except FieldDoesNotExist:
                continue
            seen += 1
            if column.concrete and column.null and not getattr(field, "allow_null", False):
                wrong.append(f"{kind.__module__}.{kind.__name__}.{name}")
    assert sorted(set(wrong)) == []
    assert seen > 50
