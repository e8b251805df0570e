"""Tables on the pages of contracts: progress, what is in trouble."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages import tones
from common.pages.table import Column, Table
from contracts.known.changes import MovedLine
from contracts.models import Contract
from contracts.ranking.overview import District
from contracts.ranking.troubles import Trouble
from contracts.rules import Progress
from directory.door import Region
from evaluation.queries import StationMonth
from programmes.measures import MEASURES

PROGRESS = (
    Column("measure", _("服务"), value=lambda progress: f"{progress.measure.title}（{progress.measure.unit}）"),
    Column("done", _("完成情况"), template="contracts/_done.html"),
    Column("due", _("目前应完成"), kind="number"),
    Column("verified", _("已确认"), kind="number"),
    Column(
        "judged",
        _("判断"),
        kind="state",
        value=lambda progress: _judged(progress)[0],
        tone=lambda progress: _judged(progress)[1],
    ),
)


def _judged(progress: Progress) -> tuple[Any, str]:
    if progress.is_met:
        return _("已完成"), tones.GOOD
    return (_("落后"), tones.BAD) if progress.is_behind else (_("正常"), tones.BUSY)


def progress_table(progress: Sequence[Progress]) -> Table:
    """Return what was agreed beside what is done."""
    return Table(PROGRESS, progress, _("约定服务的进度"))


def months_table(months: Sequence[StationMonth], stations: Mapping[str, str]) -> Table:
    """Return a line's evidence summed by month and station; `stations` are names by code."""
    columns = (
        Column("month", _("月份"), value=lambda row: f"{row.month:%Y-%m}"),
        Column("station", _("站点"), value=lambda row: stations.get(row.station, row.station)),
        Column("measure", _("统计项"), value=lambda row: MEASURES[row.measure].title),
        Column("quantity", _("数量"), kind="number", template="contracts/_quantity.html"),
        Column("facts", _("记录数"), kind="number"),
    )
    return Table(columns, months, _("按站点和月份"))


MOVED_LINES = (
    Column("line", _("项目"), value=lambda line: f"{line.indicator.code} {gettext(line.indicator.title)}"),
    Column("then", _("当日所知"), kind="number", value=lambda line: line.then),
    Column("now", _("今天所知"), kind="number", value=lambda line: line.now),
    Column("moved", _("相差"), kind="number", template="contracts/_change_cell.html", value=lambda line: line.moved),
    Column("changes", _("变化"), kind="number"),
)


def moved_lines_table(lines: Sequence[MovedLine]) -> Table:
    """Return the lines of a past day's score that are known otherwise now."""
    return Table(MOVED_LINES, lines, _("其后有变化的项目"))


def stations_table(contract: Contract, regions: Mapping[str, Region]) -> Table:
    """Return the stations of a contract; `regions` by division code."""
    names = {code: region.full_name for code, region in regions.items()}
    columns = (
        Column("code", _("编号")),
        Column("name", _("站点")),
        Column("region", _("区划"), value=lambda station: names.get(station.region, station.region)),
    )
    return Table(columns, list(contract.stations.all()), _("服务站点"))


TROUBLES = (
    Column(
        "title",
        _("项目"),
        value=lambda trouble: trouble.scored.contract.title,
        href=lambda trouble: reverse("contracts:contract", args=[trouble.scored.contract.ref]),
    ),
    Column("agency", _("承接机构"), value=lambda trouble: trouble.scored.contract.provider.name),
    Column("risks", _("需要关注"), template="contracts/_risks.html"),
    Column(
        "total",
        _("得分"),
        kind="number",
        value=lambda trouble: trouble.scored.total,
        href=lambda trouble: reverse("contracts:scorecard", args=[trouble.scored.contract.ref]),
    ),
    Column(
        "grade",
        _("等级"),
        kind="state",
        value=lambda trouble: trouble.scored.grade_words,
        tone=lambda trouble: trouble.scored.grade_tone,
    ),
)

DISTRICTS = (
    Column("name", _("区县")),
    Column("average", _("平均得分"), kind="number"),
    Column("contracts", _("合同"), kind="number"),
    Column("behind", _("进度落后"), kind="number"),
    Column("covered", _("服务覆盖"), kind="number", value=lambda district: f"{district.covered} / {district.streets}"),
)


def troubles_table(troubles: Sequence[Trouble]) -> Table:
    return Table(TROUBLES, troubles, _("需要关注的合同"))


def districts_table(districts: Sequence[District]) -> Table:
    return Table(DISTRICTS, districts, _("各区县比较"))
