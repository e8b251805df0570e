"""A receipt on paper: the same words for the page that is printed and for the PDF."""

from pathlib import Path
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from common.files import papers
from common.money import yuan
from common.texts.capitals import in_capitals
from services.funds.models import Donation, Receipt

# The root of what a paper may read holds nothing but the papers themselves.
PAPERS: Final = Path(__file__).parents[1] / "papers"


def words(receipt: Receipt, keeper: str) -> dict[str, str]:
    """Return what the receipt says, by the names papers/receipt.typ uses. A receipt is in Chinese for every reader.

    :param keeper: who issued it, by name.
    """
    donation = receipt.donation
    with translation.override("zh-hans"):
        thanks = _("感谢您的捐赠。款物将按捐赠用途使用，收支在基金的公示页公开。")
        void = ""
        if receipt.voided_on:
            said = {"day": receipt.voided_on, "reason": receipt.void_reason}
            void = _("本收据已于 %(day)s 作废：%(reason)s") % said
        return {
            "title": _("公益捐赠收据"), "number_label": _("收据编号"), "number": receipt.number,
            "issued_label": _("开具日期"), "issued_on": f"{receipt.issued_on:%Y-%m-%d}",
            "donor_label": _("捐赠人"), "donor": donation.donor or _("匿名"),
            "capitals_label": _("金额（大写）"), "capitals": in_capitals(receipt.amount),
            "amount_label": _("金额（小写）"), "amount": yuan(receipt.amount),
            "kind_label": _("形式"), "kind": str(Donation.Kind(donation.kind).label),
            "purpose_label": _("用途"), "purpose": donation.purpose.name,
            "received_label": _("到账日期"), "received_on": f"{donation.received_on:%Y-%m-%d}",
            "goods_label": _("物资"), "goods": donation.goods or "–", "thanks": thanks,
            "host_label": _("接受捐赠单位"), "host": donation.fund.custodian, "fund_label": _("基金"),
            "fund": donation.fund.name, "keeper_label": _("经手人"), "keeper": keeper, "stamp_label": _("单位（盖章）"),
            "void": void, "void_word": _("作废"),
        }  # fmt: skip


def pdf(receipt: Receipt, keeper: str) -> bytes:
    """Return the receipt as a PDF with its fonts in it; the same receipt gives the same bytes."""
    return papers.pdf(PAPERS / "receipt.typ", words(receipt, keeper), receipt.issued_on)
