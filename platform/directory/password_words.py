"""Words that a new password is not made of: what this product, its agencies, places and the person are called.

Who guesses at an account begins with them (ASVS 6.1.2, NIST SP 800-63B 5.1.1.2). A password may hold such words, but
what is left without them has to be long enough by itself.
"""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.models import User
from directory.models import Region, StationListing
from directory.readings import CLASS_WORDS, readings
from tenants.models import Tenant
from tenants.running import current

LEFT: Final = 8  # characters that have to be left
OURS: Final = (
    "liandong", "联动", "demo", "shegong", "社工", "shegongzhan", "社工站", "shehuigongzuo", "社会工作", "minzheng",
    "民政", "dudao", "督导", "zhiyuanzhe", "志愿者", "jijin", "基金", "password", "mima", "密码", "admin", "guanliyuan",
    "管理员", "welcome", "huanying",
)  # fmt: skip
# What agencies' and stations' names end with, beside the class words of places; before it stands the short name.
KINDS: Final = (
    "社会工作服务中心", "社会工作发展中心", "社会工作综合服务中心", "社会工作事务所", "社工服务中心", "社会工作服务站",
    "社会工作站", "社工服务站", "服务中心", "事务所", "社工站", "社工室", "总站", "中心站", "站",
)  # fmt: skip
SHORTEST_HAN: Final = 2
SHORTEST_LATIN: Final = 4


class PasswordWords:
    """Django's validator: see AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:
        """:raises ValidationError: for a password that is little more than such words."""
        left = compact(password)
        for word in sorted(words_of(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEFT:
            raise ValidationError(self.get_help_text(), code="password_of_known_words")

    def get_help_text(self) -> str:
        return _(
            "除去产品、机构、站点、地区的名称和您的姓名、用户名、电话，密码里至少还要有 %(n)d 个字符（标点不算）。"
        ) % {"n": LEFT}


def words_of(user: User | None) -> set[str]:
    """Return the words as `compact` writes them, each long enough that it is no chance."""
    found = [*OURS, *(_of_person(user) if user else ()), *_of_place(_agencies(user))]
    words = {compact(word) for word in found}
    return {word for word in words if len(word) >= (SHORTEST_LATIN if word.isascii() else SHORTEST_HAN)}


def compact(text: str) -> str:
    """Return letters and digits alone, in small ones."""
    return re.sub(r"[\W_]+", "", text.casefold())


def _of_person(user: User) -> Iterable[str]:
    names = [user.name, *user.known_words]
    written = [user.username, *re.split(r"\W+", user.username), user.email.partition("@")[0]]
    return chain(written, *map(spoken, names))


def _agencies(user: User | None) -> list[Tenant]:
    """Return the agency we are in and those the person belongs to; none outside of any place."""
    place = current()
    if place is None:
        return []
    found = list(Tenant.objects.filter(slug=place.slug)) if place.slug else []
    if user and user.pk:
        found += Tenant.objects.filter(memberships__user=user, memberships__is_active=True)
    return found


def _of_place(agencies: list[Tenant]) -> Iterable[str]:
    if not agencies:
        return []
    stations = StationListing.objects.filter(tenant__in=[agency.slug for agency in agencies])
    names = [*(agency.name for agency in agencies), *stations.values_list("name", flat=True)]
    codes = {agency.region for agency in agencies} | set(stations.values_list("region_id", flat=True))
    above = {code[:2] + "0000" for code in codes} | {code[:4] + "00" for code in codes} | {code[:6] for code in codes}
    regions = Region.objects.filter(code__in=codes | above).values_list("name", flat=True)
    return chain((agency.slug for agency in agencies), *map(spoken, names), *map(spoken, regions))


def spoken(name: str) -> list[str]:
    """Return a name, its short form, and both as they are typed in Latin letters.

    >>> spoken("历下区")
    ['历下区', 'lixiaqu', '历下', 'lixia']
    """
    forms = [name]
    for kind in (*KINDS, *CLASS_WORDS):
        if name.endswith(kind) and len(name) - len(kind) >= SHORTEST_HAN:
            forms.append(name.removesuffix(kind))
            break
    return [said for form in forms for said in (form, *_latin(form))]


def _latin(name: str) -> list[str]:
    if not name or name.isascii():
        return []
    return list(dict.fromkeys(["".join(lazy_pinyin(name)), *(full for full, _initials in readings(name))]))
