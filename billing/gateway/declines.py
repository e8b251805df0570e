"""Why a card was declined, and what the person who pays can do about it.

Source: Stripe's list of decline codes. Where a card was reported lost, stolen or suspected of fraud, Stripe asks that
the page says no more than of a plain decline; those codes share its sentence.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

ANOTHER: Final = _("银行没有批准这笔付款。请联系发卡银行，或换一张卡。")
AGAIN: Final = _("银行暂时无法处理这笔付款，请过几分钟再试；若仍不成功，请换一张卡。")
NOT_THIS: Final = _("这张卡不支持这类付款，请换一张卡，或改用支付宝、微信支付、银行转账。")
DATA: Final = _("卡片信息有误，请核对后再试。")

SENTENCES: Final = {
    "generic_decline": ANOTHER,
    "card_declined": ANOTHER,
    "do_not_honor": ANOTHER,
    "call_issuer": ANOTHER,
    "no_action_taken": ANOTHER,
    "revocation_of_all_authorizations": ANOTHER,
    "revocation_of_authorization": ANOTHER,
    "stop_payment_order": ANOTHER,
    "security_violation": ANOTHER,
    "transaction_not_allowed": ANOTHER,
    "restricted_card": ANOTHER,
    "pickup_card": ANOTHER,
    "lost_card": ANOTHER,
    "stolen_card": ANOTHER,
    "fraudulent": ANOTHER,
    "merchant_blacklist": ANOTHER,
    "not_permitted": ANOTHER,
    "new_account_information_available": ANOTHER,
    "offline_pin_required": ANOTHER,
    "online_or_offline_pin_required": ANOTHER,
    "testmode_decline": _("这是测试用的卡，不能用来真正付款。请换一张卡。"),
    "live_mode_test_card": _("这是测试用的卡，不能用来真正付款。请换一张卡。"),
    "insufficient_funds": _("卡内余额不足。请存入款项后再试，或换一张卡。"),
    "withdrawal_count_limit_exceeded": _("已超过这张卡的限额。请联系发卡银行提高限额，或换一张卡。"),
    "card_velocity_exceeded": _("已超过这张卡的限额。请联系发卡银行提高限额，或换一张卡。"),
    "expired_card": _("这张卡已过有效期，请换一张卡。"),
    "invalid_expiry_month": _("有效期的月份不对，请核对后再试。"),
    "invalid_expiry_year": _("有效期的年份不对，请核对后再试。"),
    "incorrect_cvc": _("卡背面的安全码不对，请核对后再试。"),
    "invalid_cvc": _("卡背面的安全码不对，请核对后再试。"),
    "incorrect_number": _("卡号不对，请核对后再试。"),
    "invalid_number": _("卡号不对，请核对后再试。"),
    "incorrect_zip": _("账单邮政编码与发卡银行的记录不符，请核对后再试。"),
    "incorrect_address": _("账单地址与发卡银行的记录不符，请核对后再试。"),
    "incorrect_pin": _("密码不对，请核对后再试。"),
    "invalid_pin": _("密码不对，请核对后再试。"),
    "pin_try_exceeded": _("密码输错的次数太多，请换一张卡。"),
    "invalid_account": DATA,
    "invalid_amount": _("这笔金额超出了银行允许的范围。请联系发卡银行，或换一张卡。"),
    "currency_not_supported": _("这张卡不支持人民币付款，请换一张卡。"),
    "card_not_supported": NOT_THIS,
    "service_not_allowed": NOT_THIS,
    "duplicate_transaction": _("刚才已有一笔相同金额的付款。请先查看账单是否已付，避免重复付款。"),
    "authentication_required": _("银行要求持卡人本人验证。请在付款页面重新付款并完成验证。"),
    "authentication_not_handled": _("银行要求持卡人本人验证。请在付款页面重新付款并完成验证。"),
    "payment_intent_authentication_failure": _("持卡人验证没有通过。请重新付款并完成验证，或换一种付款方式。"),
    "approve_with_id": AGAIN,
    "issuer_not_available": AGAIN,
    "processing_error": AGAIN,
    "reenter_transaction": AGAIN,
    "try_again_later": AGAIN,
    "payment_method_provider_decline": _("支付宝或微信支付没有批准这笔付款，请在其应用中查看原因，或换一种付款方式。"),
    "payment_intent_payment_attempt_failed": ANOTHER,
}


def sentence(code: str) -> str:
    """Return what to tell the person who pays; an unknown code is a plain decline."""
    return str(SENTENCES.get(code, ANOTHER))
