"""Seeded chance: the same demo every time, apart from the nonces of what is sealed.

Everybody here is invented. Identity numbers carry a county code that was never assigned (3799xx) with a right check
digit, phones a number range that operators use as an example.
"""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final, TypeVar

from common.refs import ALPHABET, LENGTH
from common.texts.identity import CHECK_DIGITS, WEIGHTS

Item = TypeVar("Item")
SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
)
GIVEN_F: Final = (
    "秀兰", "桂英", "玉珍", "淑华", "凤霞", "春梅", "丽萍", "雪芹", "晓燕", "静怡",
    "雨桐", "若曦", "佳宁", "思琪", "慧敏", "海霞", "红梅", "翠莲", "爱华", "素芬",
)  # fmt: skip
GIVEN_M: Final = (
    "建国", "志强", "德福", "长海", "宝山", "永刚", "文斌", "海涛", "立新", "东升",
    "浩然", "子轩", "明远", "俊杰", "家豪", "树林", "金柱", "广德", "学礼", "振华",
)  # fmt: skip
ROADS: Final = (
    "和平路", "青年路", "建设街", "文化路", "东关街", "西关街", "胜利路", "光明路", "兴隆街", "朝阳路",
    "幸福路", "新华街",
)  # fmt: skip


class Dice:
    """Chance for one part of the demo; `purpose` keeps parts apart, so that a change in one leaves the others alone."""

    def __init__(self, purpose: str) -> None:
        self.random = random.Random(f"liandong demo {purpose}")  # noqa: S311  # not for secrets

    def ref(self) -> str:
        """Return a reference of the usual shape."""
        return "".join(self.random.choices(ALPHABET, k=LENGTH))

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one_of(self, items: Sequence[Item]) -> Item:
        return self.random.choice(items)

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        return self.random.sample(items, min(count, len(items)))

    def rounded(self, amount: float) -> int:
        """Return a whole number near `amount` whose mean is `amount`."""
        return int(amount) + self.chance(amount - int(amount))

    def gender(self, share_of_women: float = 0.5) -> str:
        return "f" if self.chance(share_of_women) else "m"

    def surname(self) -> str:
        return self.one_of(SURNAMES)

    def name(self, gender: str, surname: str = "") -> str:
        given = self.one_of(GIVEN_F if gender == "f" else GIVEN_M)
        return (surname or self.surname()) + given

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """Return a day from `first` to `last`, both included; `first` if they are the wrong way round."""
        return first + dt.timedelta(days=self.between(0, max((last - first).days, 0)))

    def phone(self) -> str:
        return f"+861380013{self.between(8000, 8999)}"

    def address(self) -> str:
        return f"{self.one_of(ROADS)}{self.between(1, 180)}号{self.between(1, 20)}号楼{self.between(1, 6)}单元"


def id_number(serial: int, born_on: dt.date, gender: str) -> str:
    """Return a number of the never assigned county 379900 with a right check digit; `serial` tells people apart."""
    sequence = serial % 500 * 2 + (gender == "m")
    body = f"3799{serial // 500 % 100:02d}{born_on:%Y%m%d}{sequence:03d}"
    return body + CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
