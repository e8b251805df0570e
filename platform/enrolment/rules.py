"""What an agency may be called on the net, and which legal form a credit code tells. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from pypinyin import lazy_pinyin

LONGEST: Final = 30
SHORTEST: Final = 3
# Names that would pass for an authority or for the platform itself, whole or as their first part.
OFFICIAL: Final = (
    "gov", "zhengfu", "minzheng", "mca", "mzj", "mzt", "shezheng", "renmin", "gongan", "police", "court", "fayuan",
    "party", "dangwei", "zhongguo", "china", "guojia", "state", "beijing-gov", "liandong", "platform", "official",
    "guanfang",
)  # fmt: skip
OFFICIAL_BEGINNINGS: Final = ("gov", "minzheng", "zhengfu")
PLACES: Final = re.compile(
    r"^(?:.{2,7}?(?:省|自治区))?(?:.{2,6}?(?:市|州|盟)|北京|上海|天津|重庆)?(?:.{1,6}?(?:区|县|旗|市))?"
)
KINDS: Final = re.compile(
    r"(?:社会工作师|社会工作|社会服务|社会组织|社工师|社工|公益|志愿|综合|发展|服务|事业|促进|助老|养老)*"
    r"(?:服务中心|发展中心|服务站|服务社|中心|事务所|工作站|协会|联合会|促进会|研究院|基金会|有限责任公司|有限公司|公司|院|社|会)?$"
)
# The first two letters of a credit code: who registered the body, and as what (GB 32100-2015 5.1 and 5.2).
FORMS: Final = {"51": "association", "52": "service", "53": "foundation", "12": "institution", "91": "company",
                "92": "company", "93": "company"}  # fmt: skip


def is_official(slug: str) -> bool:
    """Tell whether a host name sounds like an authority or the platform: gov, minzheng-lixia, gov2."""
    parts = (slug, slug.partition("-")[0], slug.rpartition("-")[2])
    return slug.startswith(OFFICIAL_BEGINNINGS) or any(part.rstrip("0123456789") in OFFICIAL for part in parts)


def form_of(credit_code: str) -> str:
    """Return the legal form that a credit code tells, '' for one that is not in the list."""
    return FORMS.get(credit_code[:2], "")


def host_names(name: str, place: str = "") -> Iterator[str]:
    """Propose host names for an organisation, the shortest telling one first; `place` is its district's name.

    济南市历下区暖阳社会工作服务中心 gives nuanyang, nuanyang-lixia, nuanyangsg, nuanyang2 …
    """
    plain = "".join(letter for letter in name if letter.isalnum())
    without_place = PLACES.sub("", plain) or plain
    core = KINDS.sub("", without_place)
    if len(core) < 2:
        core = KINDS.sub("", plain) or plain
    base = _spelt(core)
    if len(base) < SHORTEST:
        base = _spelt(plain)
    if len(base) > 16:
        base = _initials(core)
    base = base if len(base) >= SHORTEST else f"{base or 'jigou'}sg"
    base = base[: LONGEST - 10].strip("-")
    yield base
    if near := _spelt(re.sub(r"(区|县|市|旗)$", "", place)):
        yield f"{base}-{near}"[:LONGEST].strip("-")
    yield f"{base}sg"
    for number in range(2, 100):
        yield f"{base}{number}"


def first_free(name: str, place: str, is_free: Callable[[str], bool]) -> str:
    """Return the first proposal that is free, '' if none of a hundred is."""
    return next((slug for slug in host_names(name, place) if is_free(slug)), "")


def _spelt(words: str) -> str:
    return _letters("".join(lazy_pinyin(words)))


def _initials(words: str) -> str:
    return _letters("".join(part[:1] for part in lazy_pinyin(words)))


def _letters(text: str) -> str:
    """Keep what a host name may hold; it begins with a letter."""
    return re.sub(r"^[0-9]+", "", re.sub(r"[^a-z0-9]", "", text.lower().replace("ü", "v")))
