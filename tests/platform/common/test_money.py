"""Amounts as people write them, in forms and in the API."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from common.money import NoAmount, read_yuan
from common.pages.forms import HouseForm, MoneyField
from common.programs.serializers import MoneyField as MoneyOfTheApi


class GiftForm(HouseForm):
    amount = MoneyField(label="金额")
    extra = MoneyField(label="另加", required=False)


@pytest.mark.parametrize(
    "text",
    ["1234.5", "1234.50", "1,234.50", "１，２３４．５０", " ¥1,234.50 ", "￥1234.5元", "1 234.50 元", "1234。50",
     "01234.500", "+1234.5", "人民币1234.50元", "RMB 1,234.5", "1234.50元整"],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written(text: str) -> None:
    assert read_yuan(text) == Decimal("1234.50")
    assert str(read_yuan(text)) == "1234.50"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0", "大于 0"), ("0.00", "大于 0"), ("０", "大于 0"),
        ("-1", "负数"), ("－５", "负数"), ("−5.00", "负数"), ("¥-5", "负数"), ("-¥5", "负数"),
        ("1.005", "两位小数"), ("０．００１", "两位小数"),
        ("1000000000000", "太大"), ("9" * 30, "太大"),
        ("", "数字金额"), ("一百", "数字金额"), ("1e5", "数字金额"), ("NaN", "数字金额"), ("Infinity", "数字金额"),
        ("1,5", "数字金额"), ("1,23,456", "数字金额"), ("1..5", "数字金额"), ("3万", "数字金额"), ("١٢", "数字金额"),
        ("9" * 41, "数字金额"), ("1_000", "数字金额"), ("0x10", "数字金额"), ("1\x00", "数字金额"), (".", "数字金额"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NoAmount, match=reason):
        read_yuan(text)


def test_the_largest_amount_is_kept_to_the_fen() -> None:
    assert read_yuan("999,999,999,999.99") == Decimal("999999999999.99")


@settings(deadline=None)
@given(st.text(max_size=50))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        amount = read_yuan(text)
    except NoAmount:
        return
    assert 0 < amount < Decimal(10) ** 12
    assert amount == round(amount, 2)


@settings(deadline=None)
@given(st.decimals(min_value="0.01", max_value="999999999999.99", places=2))
def test_what_is_shown_is_read_back(amount: Decimal) -> None:
    assert read_yuan(f"¥{amount:,.2f}") == amount


def test_a_form_takes_it_and_says_what_is_wrong() -> None:
    good = GiftForm({"amount": "１，０００", "extra": " "})
    bad = GiftForm({"amount": "1.005", "extra": "-1"})

    assert good.is_valid()
    assert good.cleaned_data == {"amount": Decimal("1000.00"), "extra": None}
    assert bad.errors == {"amount": ["金额最多两位小数，精确到分。"], "extra": ["金额不能是负数。"]}
    assert GiftForm({}).errors == {"amount": ["该字段是必填项。"]}


def test_a_phone_shows_its_number_pad_and_the_browser_keeps_full_width_digits() -> None:
    assert 'inputmode="decimal"' in str(GiftForm()["amount"])
    assert 'type="text"' in str(GiftForm()["amount"])


@pytest.mark.parametrize(
    ("given", "read"), [("100", "100.00"), (100, "100.00"), (0.1, "0.10"), ("１００．５", "100.50")]
)
def test_the_api_takes_text_and_numbers_and_answers_text(given: Any, read: str) -> None:
    field = MoneyOfTheApi()

    assert field.to_representation(field.to_internal_value(given)) == read


@pytest.mark.parametrize(
    "given", [True, None, [], {}, 0, -1, 0.1 + 0.2, 1e30, float("nan"), float("inf"), "\x00", "\ud800", "", "abc"]
)
def test_the_api_refuses_the_rest(given: Any) -> None:
    with pytest.raises(ValidationError):
        MoneyOfTheApi().to_internal_value(given)
