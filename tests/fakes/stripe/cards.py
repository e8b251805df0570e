"""The test cards: which numbers and tokens are declined, when, and in which words of Stripe's."""

from typing import Final

GOOD: Final = "4242424242424242"
# number -> (error code, decline code)
DECLINED: Final = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", "expired_card"),
    "4000000000000127": ("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": ("processing_error", "processing_error"),
    "4242424242424241": ("incorrect_number", "incorrect_number"),
    "4000000000006975": ("card_declined", "card_velocity_exceeded"),
    "4100000000000019": ("card_declined", "fraudulent"),
    "4000002500003155": ("card_declined", "authentication_required"),
}
# Kept without complaint, declined each time it is charged.
ATTACHES: Final = {
    "4000000000000341": ("card_declined", "generic_decline"),
    "4000008260003178": ("card_declined", "insufficient_funds"),
    "4000002760003184": ("card_declined", "authentication_required"),
}
TOKENS: Final = {
    "pm_card_visa": GOOD,
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": "4000000000006975",
}
WALLETS: Final = ("alipay", "wechat_pay")
WORDS: Final = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too frequently.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "payment_method_provider_decline": "The payment was declined by the provider.",
}


def words(decline_code: str) -> str:
    return WORDS.get(decline_code, "Your card was declined.")
