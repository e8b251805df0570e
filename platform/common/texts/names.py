"""People's names: every Chinese name is kept byte for byte; search finds it by any dot, by pinyin, by initials."""

import unicodedata

from django.utils.translation import gettext as _
from pypinyin import Style, lazy_pinyin

LONGEST = 50
DOTS = "·•・‧∙⋅．｡.゠᛫"
# Zero-width marks and direction overrides: nobody's name, and a way to make two names look alike.
INVISIBLE = frozenset([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x00AD])
VARIANTS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "区": "ou",
    "任": "ren",
    "盖": "ge",
    "朴": "piao",
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "召": "shao",
    "覃": "qin",
    "乐": "yue",
    "缪": "miao",
    "员": "yun",
    "洗": "xian",
    "折": "she",
    "黑": "he",
    "秘": "bi",
    "冼": "xian",
    "翟": "zhai",
    "卜": "bu",
    "种": "chong",
    "重": "chong",
    "会": "gui",
    "尹": "yin",
    "幺": "yao",
    "那": "na",
    "逄": "pang",
    "能": "nai",
}


def name_problems(name: str) -> list[str]:
    """Return what is wrong with a name; an empty list if it can be kept as it stands."""
    if not name.strip():
        return [_("请填写姓名。")]
    if max(len(name), len(search_key(name))) > LONGEST:  # one letter of another script may be found as eighteen
        return [_("姓名最多 %(n)d 个字。") % {"n": LONGEST}]
    if any(
        unicodedata.category(letter) in ("Cc", "Cs", "Co", "Zl", "Zp") or ord(letter) in INVISIBLE for letter in name
    ):
        return [_("姓名里有看不见或无法保存的字符，请重新输入。")]
    return []


def search_key(name: str) -> str:
    """Return the form under which a name is found: one kind of dot, no variant selectors, narrow letters, no spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(
        "·" if letter in DOTS else letter for letter in folded if not letter.isspace() and ord(letter) not in VARIANTS
    )


def readings(name: str) -> list[tuple[str, str]]:
    """Return the ways a name is read aloud, each as (full pinyin, initials); a surname's own reading comes first.

    單 in 单小明 is shan; somebody who types dan should still find him.
    """
    plain = search_key(name).replace("·", "")
    usual = lazy_pinyin(plain, style=Style.NORMAL)
    found = [usual]
    for length in (2, 1):
        if special := SURNAMES.get(plain[:length]):
            found.insert(0, [*special.split(), *lazy_pinyin(plain[length:], style=Style.NORMAL)])
            break
    unique = {("".join(parts), "".join(part[:1] for part in parts)): None for parts in found}
    return list(unique)
