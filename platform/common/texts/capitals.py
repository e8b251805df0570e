"""Amounts of money in Chinese capitals, as receipts and cheques carry them (会计基础工作规范 第五十二条)."""

from decimal import Decimal
from typing import Final

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
WITHIN: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿")
LARGEST: Final = Decimal("999999999999.99")


def in_capitals(amount: Decimal) -> str:
    """Return 人民币壹万零伍拾元叁角整 for 10050.30: 整 after yuan or jiao, none after fen.

    :raises ValueError: below 0, above twelve digits of yuan, or with parts of a fen.
    """
    if not 0 <= amount <= LARGEST or amount != round(amount, 2):
        raise ValueError(f"no amount of money: {amount}")
    fen = int(amount * 100)
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_whole(yuan)}元" if yuan or not (jiao or fen) else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        words += DIGITS[0]
    words += f"{DIGITS[fen]}分" if fen else "整"
    return f"人民币{words}"


def _whole(number: int) -> str:
    """Return a number below a billion times a thousand: 100000005 is 壹亿零伍."""
    if number == 0:
        return DIGITS[0]
    words, gap = "", False
    for place in (2, 1, 0):
        group = number // 10000**place % 10000
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += DIGITS[0]
        words += f"{_group(group)}{GROUPS[place]}"
        gap = False
    return words


def _group(number: int) -> str:
    """Return a number from 1 to 9999: 1009 is 壹仟零玖, 10 is 壹拾."""
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += f"{DIGITS[0] if gap else ''}{DIGITS[digit]}{WITHIN[place]}"
        gap = False
    return words
