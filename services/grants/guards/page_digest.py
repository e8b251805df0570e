"""What a page showed, as a digest: a decision or a payment counts only for what its maker saw."""

from django.utils.translation import gettext as _

from common.refusals import Conflict
from services.clients.privacy.sealed import opened
from services.grants.models import Application, Payment
from services.grants.rules import digest


class StalePage(Conflict):
    """The application changed since the page was shown."""


def digest_of(application: Application) -> str:
    """Return the digest of what a decision is about: number, version, round, amounts, purpose and the need's words."""
    need = application.need
    return digest([
        application.number, application.version, application.round, application.asked, application.assessed,
        application.purpose_id, need.ref, need.kind, need.client_id, need.site_id, need.title, need.cause,
        need.held_on, need.provider, need.unit, need.quantity, opened(need, "story"), opened(application, "findings"),
    ])  # fmt: skip


def digest_of_payment(application: Application, payment: Payment) -> str:
    """Return the digest of what a payment is about: the decided application, the amount, how and to whom."""
    return digest([
        digest_of(application), application.awarded, payment.ref, payment.amount, payment.method,
        opened(payment, "payee"),
    ])  # fmt: skip


def check(seen: str | None, now: str) -> None:
    """Let an act go on that was decided before a page showing `seen`; None says that no page was shown.

    :raises StalePage: if the page shows something else now.
    """
    if seen is not None and seen != now:
        raise StalePage(_("页面内容已经变化，请重新查看后再决定。"))
