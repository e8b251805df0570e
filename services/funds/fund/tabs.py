"""The pages of one fund, as the tabs above each of them."""

from contextlib import suppress
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from services.funds.models import Fund

TABS: Final = (
    ("funds:fund", _("概况")),
    ("funds:donations", _("收入")),
    ("funds:campaigns", _("劝募活动")),
    ("funds:ledger", _("账簿")),
    ("funds:bank", _("银行对账")),
    ("funds:reports", _("信息公开")),
    ("funds:seats", _("管委会")),
)


def tabs(fund: Fund, here: str) -> list[tuple[object, str, bool]]:
    """Return (label, address, is this page) of every page of the fund; `here` is a page's name."""
    rows: list[tuple[object, str, bool]] = []
    for page, label in TABS:
        with suppress(NoReverseMatch):
            rows.append((label, reverse(page, args=[fund.ref]), page == here))
    return rows
