"""What the kinds of entries are called."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

KINDS: Final[dict[str, StrPromise]] = {
    "donation": _("捐赠"),
    "in_kind": _("实物捐赠"),
    "grant": _("政府补助与配捐"),
    "interest": _("利息"),
    "give_back": _("退还捐赠"),
    "reserve": _("承诺资助"),
    "release": _("解除承诺"),
    "pay": _("付款"),
    "repaid": _("退回资助"),
    "fee": _("手续费"),
    "hand_over": _("移交托管方"),
    "reversal": _("冲正"),
    "closing": _("年度结账"),
}
# What may be reversed by hand. Everything else is taken back by its own act: a grant by its application, a refund by
# its donor's file; reversing such an entry alone would leave the books and that act saying two things.
REVERSIBLE: Final = frozenset({"donation", "in_kind", "grant", "interest", "fee"})
