"""The tables on the pages of programmes: which there are, and what one says besides its indicators."""

from collections.abc import Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.pages import tones
from common.pages.table import Column, Table
from programmes.measures import MEASURES
from programmes.shapes import Choice, Programme, Provision

DECIDED_BY: Final = {
    "chair": gettext_lazy("主任委员一人"),
    "majority": gettext_lazy("过半数委员"),
    "two_thirds": gettext_lazy("三分之二以上委员"),
}
CHOSEN: Final = {
    "nothing": gettext_lazy("不对公众公开"),
    "total": gettext_lazy("总分和等级"),
    "lines": gettext_lazy("总分、等级和各项得分"),
    "inputs": gettext_lazy("总分、等级、各项得分及其数据"),
    "any": gettext_lazy("即时得分和公布的得分"),
    "sheet": gettext_lazy("只对公布的得分"),
}
PARTIES: Final = {
    "evaluator": gettext_lazy("评估方"),
    "purchaser": gettext_lazy("购买方"),
    "supervising_authority": gettext_lazy("监督方"),
}
CLAUSE: Final = Column("clause", gettext_lazy("条款"), template="programmes/_clause.html")
VALID: Final = Column("valid", gettext_lazy("适用期"), value=lambda row: f"{row.valid_from} – {row.valid_to}")


def said(text: str) -> str:
    """Return a programme's words in the reader's language where the catalogue has them; '' stays ''."""
    return _(text) if text else ""


def _title(label: Any) -> Column:
    return Column(
        "title",
        label,
        value=lambda row: said(row.title),
        href=lambda row: reverse("programmes:programme", args=[row.key]),
    )


def _issuer() -> tuple[Column, Column]:
    return Column("issuer", _("发布单位"), value=lambda row: said(row.issuer)), Column("year", _("年度"))


def programmes_table(programmes: Iterable[Programme]) -> Table:
    """Return the programmes by which contracts are scored, each in its newest edition."""
    columns = (
        _title(_("方案")),
        *_issuer(),
        Column("leaves", _("评分细则"), kind="number", value=lambda row: len(row.leaves)),
        Column("total", _("总分"), kind="number"),
        VALID,
    )
    return Table(columns, list(programmes), _("评估方案"))


def fund_rules_table(rules: Iterable[Programme]) -> Table:
    return Table((_title(_("规则")), *_issuer(), VALID), list(rules), _("公益基金规则"))


def mark_rule(programme: Programme) -> str:
    """Return in words which party's mark counts."""
    if programme.marks is None:
        return _("同一项以最近一次评分为准，不分由哪一方给出。")
    order = "、".join(str(PARTIES[party]) for party in programme.marks.order)
    return _("同一项多方评分时，以先列的一方为准：%(order)s。") % {"order": order}


def grades_table(programme: Programme) -> Table:
    columns = (
        Column(
            "name",
            _("等级"),
            kind="state",
            value=lambda grade: said(grade.name),
            tone=lambda grade: tones.tone_of(grade.code),
        ),
        Column("lower", _("分数"), template="programmes/_grade_lower.html"),
        Column("consequence", _("结果运用"), value=lambda grade: said(grade.consequence)),
        CLAUSE,
    )
    return Table(columns, programme.grades, _("等级"))


def vetoes_table(programme: Programme) -> Table:
    return Table(
        (Column("title", _("情形"), value=lambda veto: said(veto.title)), CLAUSE), programme.vetoes, _("一票否决")
    )


def services_table(programme: Programme) -> Table:
    def counted(service: Any) -> str:
        measure = MEASURES[service.measure]
        return _("按%(measure)s（%(unit)s）统计") % {"measure": measure.title, "unit": measure.unit}

    columns = (
        Column("title", _("服务"), value=lambda service: said(service.title)),
        Column("measure", _("统计项"), value=counted),
        CLAUSE,
    )
    return Table(columns, programme.services, _("服务清单"))


PROVISION: Final = Column("title", gettext_lazy("规定"), template="programmes/_provision.html")


def _amount(provision: Provision) -> str:
    return " ".join(part for part in (f"{provision.value.normalize():f}", said(provision.unit)) if part)


def provisions_table(programme: Programme) -> Table:
    """Return the rules about staff, supervision, funds and publishing; staffing rules have no figure of their own."""
    columns = (PROVISION, Column("value", _("数值"), value=_figure), CLAUSE)
    rows = [*programme.staffing, *programme.provisions, *programme.choices]
    return Table(columns, rows, _("人员、督导、基金与公开"))


def _figure(row: Any) -> Any:
    if isinstance(row, Choice):
        return CHOSEN[row.choice]
    return _amount(row) if isinstance(row, Provision) else ""


def limits_table(rules: Programme) -> Table:
    """Return a fund's limits and terms."""
    columns = (PROVISION, Column("value", _("数值"), kind="number", value=_amount), CLAUSE)
    return Table(columns, rules.provisions, _("限额与期限"))


def ladder_table(rules: Programme) -> Table:
    """Return who decides up to which amount."""
    columns = (
        Column("title", _("层级"), value=lambda step: said(step.title)),
        Column("up_to", _("金额不超过"), kind="number", template="programmes/_up_to.html"),
        Column("decided_by", _("由谁决定"), value=lambda step: DECIDED_BY[step.decided_by]),
        CLAUSE,
    )
    return Table(columns, rules.ladder, _("审批层级"))
