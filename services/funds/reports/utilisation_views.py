"""The resource utilisation report (YS-17) over the agency's funds."""

from typing import Final

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.listing import RowList
from common.pages.table import Column
from services.funds.models import Fund
from services.funds.reports.forms import UtilisationFilter
from services.funds.reports.utilisation import uses

COLUMNS: Final = (
    Column("fund_name", gettext_lazy("基金"), sort="fund_name"),
    Column("purpose_name", gettext_lazy("用途")),
    Column("raised", gettext_lazy("筹得"), kind="money"),
    Column("used", gettext_lazy("已使用"), kind="money"),
    Column("share", gettext_lazy("使用率（%）"), sort="share", kind="number"),
    Column("reserved", gettext_lazy("已承诺"), kind="money", wide=True),
    Column("free", gettext_lazy("可用"), sort="free", kind="money"),
    Column("idle", gettext_lazy("闲置月数"), sort="idle", kind="number"),
    Column("goods", gettext_lazy("库存物资"), kind="money", wide=True),
    Column("goods_since", gettext_lazy("最早入库"), wide=True),
    Column("matching", gettext_lazy("未到账配捐"), kind="money", wide=True),
)


@allow(Permission.FUND_VIEW)
def utilisation(request: MemberRequest) -> HttpResponseBase:
    """What each purpose of the funds raised, promised and used, and what lies idle."""
    funds = list(Fund.objects.all())
    form = UtilisationFilter(request.GET, funds=funds)
    chosen = form.cleaned_data["fund"] if form.is_valid() else ""
    rows = uses([fund for fund in funds if chosen in ("", fund.ref)], timezone.localdate())
    listing = RowList(request, rows, columns=COLUMNS, order="fund_name", search=["fund_name", "purpose_name"])
    if listing.wants_export:
        return listing.export(_("资源使用情况"))
    title = _("资源使用情况")
    context = {
        "list": listing,
        "form": form,
        "title": title,
        "crumbs": [(_("基金"), reverse("funds:list")), (title, "")],
    }
    return render(request, "funds/utilisation.html", context)
