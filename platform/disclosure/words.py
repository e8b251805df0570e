"""What the public reads of a movement: its category in words, and on which side of the balance it stands."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

INCOME: Final[dict[str, Any]] = {
    "donation": _("捐赠"),
    "in_kind": _("实物捐赠"),
    "grant": _("政府补助与配捐"),
    "interest": _("利息"),
    "give_back": _("退还捐赠人"),
}
SPENDING: Final[dict[str, Any]] = {
    "person": _("困难救助"),
    "activity": _("活动资助"),
    "service": _("购买服务"),
    "fee": _("手续费"),
    "hand_over": _("移交托管方"),
    "repaid": _("受助方退回"),
}
OTHER: Final[dict[str, Any]] = {"correction": _("更正")}
CATEGORIES: Final[dict[str, Any]] = {**INCOME, **SPENDING, **OTHER}
REPORTS: Final[dict[str, Any]] = {"quarter": _("季度报告"), "final": _("活动总结报告"), "year": _("年度报告")}
CAUSES: Final[dict[str, Any]] = {
    "accident": _("意外事故"),
    "disaster": _("灾害"),
    "illness": _("重大疾病"),
    "hardship": _("临时困难"),
    "other": _("其他"),
}
KINDS: Final[dict[str, Any]] = {"person": _("困难救助"), "activity": _("社区活动"), "service": _("购买服务")}


def category(code: str) -> Any:
    """Return a category in words; one that has none stands as it is."""
    return CATEGORIES.get(code, code)
