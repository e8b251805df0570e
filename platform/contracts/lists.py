"""The columns of the lists of contracts, of stations by rank, and of evidence; the same on page and in Excel."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages import tones
from common.pages.list_sheet import EXPORT_ROWS
from common.pages.listing import Listing
from common.pages.table import Column
from contracts import queries
from contracts.forms import ContractFilter
from contracts.kept.queries import Kept, scores_of
from contracts.known.changes import Change
from contracts.models import Contract
from contracts.queries import Scored
from contracts.ranking.queries import Row
from contracts.scoring.presentation import source_of
from contracts.scoring.pseudonyms import pseudonym
from evaluation.models import EverSaid, Fact
from programmes.measures import MEASURES


def contract_columns(scores: Mapping[int, Scored], districts: Mapping[str, str], today: dt.date) -> tuple[Column, ...]:
    """`scores` by contract id may be filled after the list is made, and before it is shown.

    What is worked out of a score is sorted in Python (ContractList); the database only keeps equal ones in order.
    """

    def scored(contract: Contract) -> Scored | None:
        return scores.get(contract.pk)

    def total(contract: Contract) -> Any:
        one = scored(contract)
        return one.total if one and one.is_begun else None

    def grade(contract: Contract) -> str:
        one = scored(contract)
        return one.grade_words if one else ""

    def grade_tone(contract: Contract) -> str:
        one = scored(contract)
        return one.grade_tone if one else tones.QUIET

    def behind(contract: Contract) -> int:
        one = scored(contract)
        return len(one.behind) if one else 0

    return (
        Column("number", _("合同编号"), sort="number", wide=True),
        Column("title", _("项目名称"), sort="title", template="contracts/_title.html"),
        Column("agency", _("承接机构"), sort="provider__name", value=lambda row: row.provider.name),
        Column("area", _("区县"), sort="area", value=lambda row: districts.get(row.area[:6], row.area), wide=True),
        Column("ends_on", _("结束日期"), sort="ends_on"),
        Column(
            "state",
            _("状态"),
            kind="state",
            value=lambda row: row.state_on(today).label,
            tone=lambda row: tones.tone_of(row.state_on(today).value),
        ),
        Column("amount", _("合同金额"), sort="amount", kind="money", wide=True),
        Column("behind", _("落后项"), sort="pk", value=behind, kind="number"),
        Column("total", _("得分"), sort="pk", value=total, kind="number"),
        Column("grade", _("等级"), sort="pk", kind="state", value=grade, tone=grade_tone),
    )


WORKED_OUT: Final[Mapping[str, Callable[[Kept], Any]]] = {
    "behind": lambda kept: kept.behind,
    "total": lambda kept: kept.total,
    "grade": lambda kept: (bool(kept.grade), kept.total),
}


class ContractList(Listing):
    """Contracts with their scores. Those of the page are worked out; what one sorts or filters all by is kept ahead.

    `scores` is by contract id. `districts` are names by code and may be filled before the list is shown.
    """

    form: ContractFilter

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Contract],
        *,
        districts: Mapping[str, str],
        today: dt.date,
        search: Sequence[str],
        form: ContractFilter,
    ) -> None:
        self.scores: dict[int, Scored] = {}
        self.today = today
        columns = contract_columns(self.scores, districts, today)
        super().__init__(request, rows, columns=columns, order="-ends_on", search=search, form=form)

    def _narrowed(self, rows: "QuerySet[Any]") -> Any:
        """Return the rows, or their ids where they are sorted or filtered by what only a score tells."""
        found = super()._narrowed(rows)
        worth = WORKED_OUT.get(self.sort.removeprefix("-"))
        if worth is None and not self.form.asks_for_scores:
            return found
        ids = list(found.values_list("pk", flat=True))
        scores = scores_of(ids, self.today)
        kept = [pk for pk in ids if self.form.keeps(scores[pk])]
        if worth:
            kept.sort(key=lambda pk: worth(scores[pk]), reverse=self.sort.startswith("-"))
        return kept

    def _scored(self, rows: Any) -> list[Contract]:
        """Return the contracts of these rows or ids, in their order; their scores are known then."""
        ids = [row if isinstance(row, int) else row.pk for row in rows]
        loaded = {one.pk: one for one in queries.loaded(Contract.objects.filter(pk__in=ids))}
        found = [loaded[pk] for pk in ids if pk in loaded]
        if missing := [one for one in found if one.pk not in self.scores]:
            self.scores.update({one.contract.pk: one for one in queries.scores(missing, self.today)[0]})
        return found

    @cached_property
    def page(self) -> "Page[Any]":
        page = super().page
        page.object_list = self._scored(page.object_list)
        return page

    def exported(self) -> Iterable[Contract]:
        """Return every kept contract, its score worked out."""
        return self._scored(self.rows[:EXPORT_ROWS])


RANKING: Final[tuple[Column, ...]] = (
    Column("rank", _("名次"), sort="rank", kind="number", template="contracts/_rank.html"),
    Column("station", _("站点"), sort="station"),
    Column("district", _("区县"), sort="region"),
    Column("district_rank", _("区内名次"), sort="district_rank", kind="number"),
    Column("agency", _("承接机构"), sort="agency"),
    Column("total", _("得分"), sort="total", kind="number", template="contracts/_ranked_total.html"),
    Column(
        "grade_name",
        _("等级"),
        sort="grade_lower",
        kind="state",
        value=lambda row: gettext(row.grade_name) if row.grade else gettext("暂不评定等级"),
        tone=lambda row: tones.tone_of(row.grade),
    ),
    Column("change", _("较上期"), sort="change", kind="number", template="contracts/_change_cell.html"),
    Column("moves", _("变化最大的项目"), value=lambda row: moves_in_words(row), template="contracts/_moves.html"),
)


def ranking_beside(*, then: bool) -> tuple[Column, ...]:
    """Return the columns of a past period: the total by the other knowledge beside it, leading to what has changed."""
    return (
        *RANKING[:6],
        Column(
            "other",
            _("今天所知") if then else _("当日所知"),
            sort="other",
            kind="number",
            value=lambda row: row.other,
            template="contracts/_other_total.html",
        ),
        *RANKING[6:],
    )


def evidence_columns(contract: Contract) -> tuple[Column, ...]:
    """Both days of every fact, and who it is about under a name that this contract alone gives: anybody can recount."""
    return (
        Column("occurred_on", _("发生日期"), sort="occurred_on"),
        Column("recorded_on", _("登记日期"), sort="recorded_on", value=lambda row: row.recorded_on),
        Column("station", _("站点"), sort="station", template="contracts/_evidence_station.html"),
        Column("measure", _("统计项"), sort="measure", value=lambda row: measure_title(row)),
        Column("quantity", _("数量"), sort="quantity", kind="number", template="contracts/_quantity.html"),
        Column(
            "person",
            _("代号"),
            sort="subject_key",
            value=lambda row: pseudonym(contract.ref, row.subject_key) if row.subject_key else "",
        ),
        Column(
            "source",
            _("来源"),
            sort="source",
            value=lambda row: source_in_words(row),
            template="contracts/_source.html",
        ),
    )


CHANGES: Final = (
    Column("at", _("说法变化的时间"), sort="at"),
    Column("lines", _("影响的项目"), value=lambda row: "、".join(row.lines)),
    Column("about", _("统计项"), sort="about"),
    Column("occurred_on", _("发生日期"), sort="occurred_on", value=lambda row: row.occurred_on),
    Column("before", _("当日所知"), value=lambda row: row.before or "–"),
    Column("after", _("今天所知"), value=lambda row: row.after or "–"),
    Column("why", _("原因"), sort="why"),
    Column(
        "source",
        _("来源"),
        sort="source",
        value=lambda row: source_in_words(row) if row.source else "",
        template="contracts/_change_source.html",
    ),
)


APPEALS = (
    Column("made_at", _("提出时间"), sort="made_at"),
    Column(
        "contract",
        _("项目名称"),
        sort="contract__title",
        value=lambda row: row.contract.title,
        href=lambda row: reverse("contracts:appeal", args=[row.contract.ref, row.ref]),
    ),
    Column("agency", _("承接机构"), sort="contract__provider__name", value=lambda row: row.contract.provider.name),
    Column("line", _("申诉项目"), sort="code", value=lambda row: f"{row.code} {gettext(row.title)}"),
    Column("points", _("申诉时得分"), kind="number"),
    Column("state", _("状态"), sort="state", kind="state"),
    Column("answered_at", _("答复时间"), sort="answered_at", wide=True),
)


def moves_in_words(row: Row) -> str:
    """Return 入户走访 +1.20，记录及时率 -1.00."""
    return "，".join(f"{gettext(move.title)} {move.change:+}" for move in row.moves)


def source_in_words(fact: Fact | EverSaid | Change) -> str:
    """Return 服务记录 k3j9…: what it was and its number."""
    source = source_of(fact.source)
    return f"{source.title} {source.ref}"


def measure_title(fact: Fact | EverSaid) -> str:
    return str(MEASURES[fact.measure].title)
