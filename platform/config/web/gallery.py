"""What the gallery shows: each component with invented content."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.dates import SHANGHAI
from common.pages.forms import HouseForm
from common.pages.listing import Listing
from common.pages.table import Column, Table


class SampleForm(HouseForm):
    """Every kind of field, for the gallery."""

    name = forms.CharField(label=_("姓名"), max_length=50, help_text=_("与证件上一致，少数民族姓名可含“·”。"))
    held_on = forms.DateField(label=_("走访日期"))
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1, max_value=480)
    kind = forms.ChoiceField(
        label=_("方式"), choices=[("home", _("入户")), ("online", _("线上"))], widget=forms.RadioSelect
    )
    topic = forms.ChoiceField(label=_("主题"), choices=[("", _("请选择")), ("care", _("照护")), ("law", _("政策咨询"))])
    groups = forms.MultipleChoiceField(
        label=_("类别"),
        required=False,
        choices=[("a", _("低保")), ("b", _("特困"))],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("记录"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=_("服务对象知情同意"))


COLUMNS = (
    Column("name", _("名称"), sort="username"),
    Column("score", _("得分"), sort="joined_at", kind="number"),
    Column("state", _("状态")),
)


@dataclass(frozen=True)
class SampleStation:
    """A row of the gallery's table."""

    name: str
    opened_on: dt.date
    funds: Decimal
    score: Decimal
    state: str


TABLE_COLUMNS = (
    Column("name", _("名称"), href=lambda station: "#g-acts"),
    Column("opened_on", _("开站日期")),
    Column("funds", _("金额"), kind="money"),
    Column("score", _("得分"), kind="number"),
    Column("state", _("状态"), kind="state", value=lambda station: _("运行中")),
    Column("acts", _("操作"), kind="acts", template="_gallery_acts.html"),
)


def sample_context(request: HttpRequest) -> dict[str, Any]:
    """Return the gallery's content; its list is empty of rows, so that it shows nobody."""
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    wrong = SampleForm({"minutes": "-5", "held_on": "2026-02-31", "topic": "care"}, prefix="wrong")
    return {
        "form": SampleForm(),
        "wrong": wrong,
        "table": Table(
            TABLE_COLUMNS,
            [
                SampleStation(
                    str(_("舜华路街道站")), dt.date(2024, 3, 1), Decimal("1234.50"), Decimal("86.50"), "active"
                )
            ],
            _("示例列表"),
            foot=[_("合计"), None, Decimal("1234.50"), None, None, None],
        ),
        "list": Listing(request, User.objects.none(), columns=COLUMNS, order="name", search=("username",)),
        "rows": [(_("舜华路街道站"), 412), (_("龙洞街道站"), 365), (_("姚家街道站"), 120.5)],
        "steps": [_("选择服务对象"), _("填写时间"), _("写下记录")],
        "tabs": [(_("进度"), "#g-acts", True), (_("得分"), "#g-figures", False), (_("站点"), "#g-acts", False)],
        "sample_crumbs": [(_("购买合同"), "#g-acts"), (_("评分卡"), "")],
        "facts": [(_("站长"), "林静"), (_("开站日期"), "2024-03-01"), (_("电话"), None)],
        "events": [
            {"at": noon, "title": _("走访"), "text": _("40 分钟，入户")},
            {"at": noon - dt.timedelta(days=9), "title": _("咨询"), "text": ""},
        ],
    }
