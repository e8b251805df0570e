"""AT-29: what people type as an ID number, and what becomes of it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.texts.identity import CHECK_DIGITS, WEIGHTS, id_number, masked_phone, phone_number

TODAY = dt.date(2026, 11, 21)
GOOD = "370102194903071222"


def with_check(body: str) -> str:
    return body + CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    "typed",
    [GOOD, f" {GOOD} ", "370102 19490307 1222", "３７０１０２１９４９０３０７１２２２", "370102-19490307-1222"],
)
def test_what_is_meant_is_understood(typed: str) -> None:
    number = id_number(typed, TODAY)

    assert (number.value, number.born_on, number.gender) == (GOOD, dt.date(1949, 3, 7), "f")


def test_a_small_x_is_a_large_one() -> None:
    ending_in_x = next(found for n in range(999) if (found := with_check(f"37010219490307{n:03d}")).endswith("X"))

    assert id_number(ending_in_x.lower(), TODAY).value == ending_in_x


def test_fifteen_digits_are_completed() -> None:
    assert id_number("370102490307122", TODAY).value == with_check("37010219490307122")


@pytest.mark.parametrize("province", ["810000", "820000", "830000"])
def test_residence_permits_follow_the_same_rule(province: str) -> None:
    assert id_number(with_check(f"{province}19850101001"), TODAY).born_on.year == 1985


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (GOOD[:-1] + "3", "校验位"),
        (with_check("37010219490230122"), "出生日期不存在"),
        (with_check("37010220490307122"), "不合理"),
        (with_check("37010218490307122"), "不合理"),
        (with_check("99010219490307122"), "地区代码"),
        ("3701021949030712", "18 位"),
        ("37010219490307122A", "只能有数字"),
        ("٣٧٠١٠٢١٩٤٩٠٣٠٧١٢٢٢", "只能有数字"),
        ("", "只能有数字"),
        ("1x", "18 位"),
    ],
)
def test_each_mistake_has_its_sentence(typed: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        id_number(typed, TODAY)


@given(st.text(max_size=40))
def test_no_text_breaks_it(typed: str) -> None:
    try:
        number = id_number(typed, TODAY)
    except ValueError:
        return
    assert len(number.value) == 18


@pytest.mark.parametrize("typed", ["13864100001", "+86 138 6410 0001", "１３８６４１００００１", "0531-86012345"])
def test_phone_numbers_are_understood(typed: str) -> None:
    assert phone_number(typed).startswith("+86")


@pytest.mark.parametrize("typed", ["", "abc", "12345678901", "138641"])
def test_other_numbers_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="电话"):
        phone_number(typed)


def test_a_phone_number_is_masked() -> None:
    assert masked_phone("+8613864100001") == "*********01"
