"""What funds do by the clock: every night the books are verified and held fast."""

from celery import shared_task
from django.utils import timezone

from services.funds.books import closing
from services.funds.models import Fund
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def verify_and_anchor() -> int:
    """Verify every fund's books in every agency and anchor them for the day. Returns how many had findings."""
    today, wrong = timezone.localdate(), 0
    for _tenant in each_tenant():
        for fund in Fund.objects.select_related("book"):
            wrong += bool(closing.check(fund).findings)
            closing.anchor(fund, today)
    return wrong
