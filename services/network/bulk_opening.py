"""Opening many sites at once: from the streets of a district, or from a table. All of them or none, never twice."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from directory import door as directory
from directory.door import Region
from services.network import actions, rules
from services.network.models import Site

MOST: Final = 200  # at once: one transaction, and more than any district has streets
COLUMNS: Final = 7
HEAD: Final = ("编号", "站点编号", "code")
LEVELS: Final = {
    "总站": "hub", "总站级": "hub", "片区": "cluster", "片区级": "cluster", "中心站": "cluster", "站": "station",
    "站级": "station", "社工站": "station", "室": "room", "室级": "room", "社工室": "room", "点": "room",
    "社工点": "room",
}  # fmt: skip


class CannotOpenMany(Refused):
    """One of the sites breaks a rule: none is opened."""


@dataclass(frozen=True)
class Planned:
    """A site to open; `parent` is the code of a site that stands, or of one earlier in the same plan, or ''."""

    code: str
    name: str
    level: str
    label: str
    region: str
    parent: str = ""
    address: str = ""
    opened_on: dt.date | None = None


@dataclass(frozen=True)
class Proposal:
    """A station for a street; `taken` is the open station that is there already, if any."""

    street: Region
    planned: Planned
    taken: Site | None


@dataclass(frozen=True)
class SiteRow:
    """A row of a table as it was read; `problems` by the number of the cell they belong to."""

    number: int
    cells: tuple[str, ...]
    planned: Planned | None
    problems: dict[int, str]


def propose(district: str) -> list[Proposal]:
    """Return a station for every street of a district, with a name and a code that are free."""
    streets = directory.search_regions("", parent=district, level=4, limit=MOST)
    occupied = {site.region: site for site in Site.objects.open().filter(region__startswith=district, level="station")}
    codes = set(Site.objects.values_list("code", flat=True))
    proposals = []
    for street in streets:
        code = _free(street.code, codes)
        codes.add(code)
        short = street.name.removesuffix("街道").removesuffix("办事处") or street.name
        planned = Planned(code, _("%(street)s社工站") % {"street": short}, "station", _("社工站"), street.code)
        proposals.append(Proposal(street, planned, occupied.get(street.code)))
    return proposals


def _free(code: str, codes: set[str]) -> str:
    return next(free for free in (code, *(f"{code}-{n}" for n in range(2, 1000))) if free not in codes)


@transaction.atomic
def open_many(*, plan: Sequence[Planned], agency: str, today: dt.date, by: User | None) -> list[Site]:
    """Open every site of the plan.

    :raises CannotOpenMany: naming the first that cannot be opened; none is then.
    """
    if not 1 <= len(plan) <= MOST:
        raise CannotOpenMany(_("一次可启用 1 至 %(n)d 个站点。") % {"n": MOST})
    open_sites = {site.code: site for site in Site.objects.open()}
    sites = []
    for planned in plan:
        if planned.parent and planned.parent not in open_sites:
            raise CannotOpenMany(
                _("%(name)s：没有找到上级站点 %(code)s。") % {"name": planned.name, "code": planned.parent}
            )
        try:
            site = actions.open_site(
                code=planned.code, name=planned.name, level=planned.level, label=planned.label,
                parent=open_sites.get(planned.parent), region=planned.region, address=planned.address,
                opened_on=planned.opened_on or today, agency=agency, today=today, by=by,
            )  # fmt: skip
        except Refused as refusal:
            raise CannotOpenMany([f"{planned.name}：{reason}" for reason in refusal.reasons]) from None
        open_sites[site.code] = site
        sites.append(site)
    return sites


def read(rows: Iterable[Sequence[Any]], today: dt.date, near: str = "") -> list[SiteRow]:
    """Read (code, name, level, label, region, parent, address) rows; heads and empty rows are passed over.

    :param near: a division-code prefix: of several divisions of one name, one below it is meant.
    """
    taken = set(Site.objects.values_list("code", flat=True))
    levels = {site.code: site.level for site in Site.objects.open()}
    names = {(site.region, site.name) for site in Site.objects.open()}
    regions: dict[str, list[Region]] = {}
    site_rows: list[SiteRow] = []
    for number, cells in enumerate(rows, start=1):
        row_cells = tuple(([_text(cell) for cell in cells] + [""] * COLUMNS)[:COLUMNS])
        if not any(row_cells) or (number == 1 and row_cells[0].strip("*＊ ") in HEAD):
            continue
        row = _read(number, row_cells, taken, levels, names, regions, near, today)
        if row.planned:
            taken.add(row.planned.code)
            levels[row.planned.code] = row.planned.level
            names.add((row.planned.region, row.planned.name))
        site_rows.append(row)
    return site_rows


def _read(
    number: int,
    cells: tuple[str, ...],
    taken: set[str],
    levels: dict[str, str],
    names: set[tuple[str, str]],
    regions: dict[str, list[Region]],
    near: str,
    today: dt.date,
) -> SiteRow:
    code, name, level_word, label, place, parent, address = cells
    problems: dict[int, str] = {}
    level = LEVELS.get(level_word or "站", level_word if level_word in LEVELS.values() else "")
    if not level:
        problems[2] = _("层级可写：总站、片区、站、室。")
    if not name:
        problems[1] = _("请写名称。")
    elif len(name) > 60:
        problems[1] = _("名称最多 %(n)d 个字。") % {"n": 60}
    region, wrong = _region(place, regions, near)
    if wrong:
        problems[4] = wrong
    if not code and region:
        code = _free(region, taken)
    if code in taken:
        problems[0] = _("编号 %(code)s 已被使用。") % {"code": code}
    elif len(code) > 30:
        problems[0] = _("编号最多 %(n)d 个字。") % {"n": 30}
    if name and region and (region, name) in names:
        problems[1] = _("同一区划已有同名站点。")
    if len(label) > 12:
        problems[3] = _("称呼最多 %(n)d 个字。") % {"n": 12}
    if len(address) > 200:
        problems[6] = _("地址最多 %(n)d 个字。") % {"n": 200}
    if parent and parent not in levels:
        problems[5] = _("没有找到上级站点 %(code)s。") % {"code": parent}
    elif level:
        wrong_place = rules.site_problems(
            level=level, parent_level=levels[parent] if parent else None, opened_on=today, today=today
        )
        if wrong_place:
            problems[5] = wrong_place[0]
    if problems:
        return SiteRow(number, cells, None, problems)
    usual = _("社工室") if level == Site.Level.ROOM else _("社工站")
    return SiteRow(number, cells, Planned(code, name, level, label or usual, region, parent, address), {})


def _region(place: str, regions: dict[str, list[Region]], near: str) -> tuple[str, str]:
    """Return the code of the division that is meant, or what is wrong."""
    if not place:
        return "", _("请写所在街道或区县。")
    if place not in regions:
        direct = directory.regions([place]).get(place) if place.isascii() and place.isdigit() else None
        regions[place] = [direct] if direct else directory.search_regions(place, limit=20)
    matches = regions[place]
    exact = [region for region in matches if place in (region.name, region.full_name)] or matches
    near_by = [region for region in exact if near and region.code.startswith(near)] or exact
    if len(near_by) == 1:
        return near_by[0].code, ""
    if not matches:
        return "", _("没有找到这个区划，请换个写法。")
    names = _("、").join(f"{region.full_name}（{region.code}）" for region in near_by[:3])
    return "", _("有多个区划符合：%(names)s。请写其中一个的代码。") % {"names": names}


def _text(cell: Any) -> str:
    """Return a cell as text that can be kept: no idle decimal, none of the letters nobody sees."""
    text = str(cell if cell is not None else "").strip().removesuffix(".0")[:300]
    return "".join(letter for letter in text if letter.isprintable())
