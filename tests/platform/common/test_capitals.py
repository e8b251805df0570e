"""Chinese capitals, with the examples of the ministries' own rules."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.texts.capitals import DIGITS, in_capitals

VALUE = {digit: number for number, digit in enumerate(DIGITS)}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("10000", "壹万元整"), ("1", "壹元整"), ("10", "壹拾元整"), ("0", "零元整"),
        ("0.50", "伍角整"), ("0.05", "伍分"), ("0.15", "壹角伍分"), ("1.05", "壹元零伍分"), ("1.50", "壹元伍角整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"), ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"), ("10050.30", "壹万零伍拾元叁角整"), ("100000", "壹拾万元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"), ("100010", "壹拾万零壹拾元整"), ("100000005", "壹亿零伍元整"),
        ("100050000", "壹亿零伍万元整"), ("1000000000", "壹拾亿元整"), ("200300400.01", "贰亿零叁拾万零肆佰元零壹分"),
        ("10001000", "壹仟万壹仟元整"), ("10000001", "壹仟万零壹元整"), ("100001000", "壹亿零壹仟元整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)  # fmt: skip
def test_amounts_are_written_as_the_rules_say(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == f"人民币{words}"


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000", "1000000000000.00"])
def test_what_is_no_amount_has_no_words(amount: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        in_capitals(Decimal(amount))


def read(words: str) -> Decimal:
    """Read capitals back: the other way round, by adding up digits and their places."""
    total = group = digit = 0
    cents = Decimal(0)
    for letter in words.removeprefix("人民币").removesuffix("整"):
        if letter in VALUE:
            digit = VALUE[letter]
        elif letter in "拾佰仟":
            group, digit = group + digit * {"拾": 10, "佰": 100, "仟": 1000}[letter], 0
        elif letter in "万亿":
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8}[letter], 0, 0
        elif letter == "元":
            total, group, digit = total + group + digit, 0, 0
        else:
            cents, digit = cents + digit * {"角": Decimal("0.10"), "分": Decimal("0.01")}[letter], 0
    return total + cents


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value="999999999999.99", places=2))
def test_every_amount_reads_back_as_itself(amount: Decimal) -> None:
    words = in_capitals(amount)

    assert read(words) == amount
    assert "零零" not in words
    assert not any(f"零{unit}" in words for unit in "拾佰仟万亿")
