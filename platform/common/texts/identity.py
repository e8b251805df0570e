"""Resident identity numbers (GB 11643) and phone numbers: normalise what people type, refuse what cannot be.

The county part of a number is not looked up: codes are withdrawn and made anew, and numbers outlive them.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
# 11 Beijing … 65 Xinjiang, 71 Taiwan, 81 to 83 residence permits of Hong Kong, Macao and Taiwan.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
OLDEST = dt.date(1900, 1, 1)
# What stands for a number that is kept. Region, birthday and gender are shown beside it and the check digit follows, so
# that even two digits more would leave a handful of candidates: none is shown.
MASKED = "*" * 18


@dataclass(frozen=True)
class IdNumber:
    """A valid number of 18 characters with what it tells: birthday and gender ("m" or "f")."""

    value: str
    born_on: dt.date
    gender: str


def compact(text: str) -> str:
    """Return `text` with full-width forms narrowed and spaces and hyphens removed."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in narrow if not letter.isspace() and letter not in "-‐‑–—")


def id_number(text: str, today: dt.date) -> IdNumber:
    """Return the number that was meant: full-width digits, spaces and a small x are mended, 15 digits completed.

    :raises ValueError: with a sentence for the person who typed it.
    """
    value = compact(text).upper()
    if not value.isascii() or not value[:-1].isdigit() or not (value[-1:].isdigit() or value[-1:] == "X"):
        raise ValueError(_("身份证号只能有数字，最后一位可以是 X。"))
    if len(value) == 15 and value.isdigit():
        body = f"{value[:6]}19{value[6:]}"
        value = body + _check_digit(body)
    if len(value) != 18:
        raise ValueError(_("身份证号应为 18 位，现在是 %(n)d 位。") % {"n": len(value)})
    if value[:2] not in PROVINCES:
        raise ValueError(_("身份证号开头的地区代码不存在。"))
    try:
        born_on = dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise ValueError(_("身份证号里的出生日期不存在。")) from None
    if not OLDEST <= born_on <= today:
        raise ValueError(_("身份证号里的出生日期不合理。"))
    if _check_digit(value[:17]) != value[17]:
        raise ValueError(_("身份证号的校验位不对，请核对。"))
    return IdNumber(value, born_on, "m" if int(value[16]) % 2 else "f")


def _check_digit(body: str) -> str:
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def phone_number(text: str) -> str:
    """Return the number in E.164 (+8613…); mainland numbers need no prefix.

    :raises ValueError: with a sentence for the person who typed it.
    """
    try:
        number = phonenumbers.parse(compact(text), "CN")
    except phonenumbers.NumberParseException:
        raise ValueError(_("这不是电话号码。")) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(_("这个电话号码不存在，请核对。"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked_phone(number: str) -> str:
    """Return *********78 of an E.164 number: enough to tell two numbers of one person apart, too little to find one."""
    return f"*********{number[-2:]}"
