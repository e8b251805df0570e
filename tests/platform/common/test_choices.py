"""The words of choices are those Django says, in each language, at the cost of one look-up a row."""

from typing import Any

import pytest
from django.utils import translation

from common.pages import choices
from services.records.models import ServiceRecord


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_words_are_djangos_own(language: str) -> None:
    with translation.override(language):
        for kind, _words in ServiceRecord._meta.get_field("kind").flatchoices:
            record = ServiceRecord(kind=kind)
            assert choices.words(record, "kind") == record.get_kind_display()
        assert choices.words(ServiceRecord(kind="unknown"), "kind") == "unknown"


def test_a_thousand_rows_are_translated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    choices._words.cache_clear()
    told: list[Any] = []
    field = ServiceRecord._meta.get_field("kind")
    monkeypatch.setattr(type(field), "flatchoices", property(lambda field: told.append(field) or [("a", "A")]))

    for _ in range(1000):
        assert choices.words(ServiceRecord(kind="a"), "kind") == "A"
    assert len(told) == 1
    choices._words.cache_clear()
