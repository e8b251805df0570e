"""A sentence holds refs, numbers, days and public names, and nothing that people write freely."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import get_resolver

from notifications import words
from notifications.kinds import AGENCY, ALL, SHARED, Kind
from notifications.queries import URLS

VALUES: dict[str, Any] = {
    "points": Decimal("2.50"), "amount": Decimal("10.00"), "count": 3, "days": 2, "day": dt.date(2026, 11, 28),
    "moment": dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC),
}  # fmt: skip


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
def test_a_sentence_holds_only_words_of_the_list(kind: Kind) -> None:
    assert kind.words <= words.WORDS.keys()
    assert not kind.words & {"name", "person", "client", "reason", "note", "title", "phone"}
    kept = words.checked({word: VALUES.get(word, "甲") for word in kind.words})
    assert "%" not in str(kind.sentence) % kept


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
def test_a_kind_leads_to_a_page_of_each_of_its_hosts(kind: Kind) -> None:
    assert kind.pages.keys() <= {AGENCY, SHARED}
    for host, page in kind.pages.items():
        namespace, _colon, name = page.partition(":")
        _prefix, resolver = get_resolver(URLS[host]).namespace_dict[namespace]
        assert name in resolver.reverse_dict, page


def test_kinds_have_codes_of_their_own() -> None:
    assert len({kind.code for kind in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("word", "value"),
    [("reason", "太晚"), ("count", "3"), ("count", True), ("day", "2026-11-28"), ("points", 2.5), ("station", 3)],
)
def test_what_is_no_public_value_is_refused(word: str, value: Any) -> None:
    with pytest.raises(words.NotPublic):
        words.checked({word: value})


@pytest.mark.parametrize("number", ["13864100001", "0531-88001234", "37010219490307122X", "138 6410 0001"])
def test_a_number_of_a_person_in_a_public_name_does_not_go_out(number: str) -> None:
    assert words.checked({"station": f"千佛山站（{number}）"}) == {"station": "千佛山站（…）"}
