"""How a place name may be read aloud: full pinyin and initials, with every reading of a many-sided character.

長清 is Changqing and 乐陵 is Laoling, but a dictionary says Zhang and Le first. So a name keeps one reading per
possible reading of each of its characters, one character varied at a time; the class word at the end (区, 街道) is
never varied.
"""

from pypinyin import Style, pinyin

CLASS_WORDS = ("街道", "地区", "省", "市", "区", "县", "旗", "镇", "乡", "盟")
MOST = 8
# Local readings that no dictionary lists.
LOCAL = {"乐陵": ["lao", "ling"], "浚县": ["xun", "xian"], "单县": ["shan", "xian"]}


def readings(name: str) -> list[tuple[str, str]]:
    """Return up to 8 pairs (full pinyin, initials) of a place name, the likeliest first.

    >>> readings("长清区")
    [('zhangqingqu', 'zqq'), ('changqingqu', 'cqq')]
    """
    choices = pinyin(name, style=Style.NORMAL, heteronym=True)
    if sum(len(choice) == 1 for choice in choices) == len(choices):
        return [_spelt([choice[0] for choice in choices])]
    first = [choice[0] for choice in choices]
    found = [_spelt(first)]
    for index in range(_core(name, len(first))):
        found += [_spelt([*first[:index], other, *first[index + 1 :]]) for other in choices[index][1:]]
    for start, syllables in LOCAL.items():
        if name.startswith(start):
            found.append(_spelt([*syllables, *first[len(syllables) :]]))
    return list(dict.fromkeys(found))[:MOST]


def _spelt(syllables: list[str]) -> tuple[str, str]:
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def _core(name: str, length: int) -> int:
    """Return how many syllables stand before the class word; a name of class words only has none."""
    word = next((word for word in CLASS_WORDS if name.endswith(word)), "")
    return max(length - len(word), 0)
