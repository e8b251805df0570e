"""Who a fund helped in a period, as numbers for its published reports."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from services.funds.models import Fund
from services.grants.models import Need, Payment, Repayment


def helped(fund: Fund, start: dt.date, end: dt.date) -> dict[str, int]:
    """Return how many grants were paid from `start` to `end`, to how many people and households: one query.

    A person whose file was merged counts with the file it went to; somebody without a household counts as one. What
    was paid back in full by `end` counts as not granted.
    """
    yuan: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)
    back = Repayment.objects.filter(application=OuterRef("application"), received_on__lte=end)
    sums = back.order_by().values("application").annotate(sum=Sum("amount")).values("sum")
    person = Q(application__need__kind=Need.Kind.PERSON)
    client = Coalesce("application__need__client__merged_into_id", "application__need__client_id")
    home = Coalesce("application__need__client__merged_into__household_id", "application__need__client__household_id")
    found: dict[str, int] = (
        Payment.objects.filter(application__fund=fund, state=Payment.State.PAID, paid_on__range=(start, end))
        .annotate(back=Coalesce(Subquery(sums, output_field=yuan), Decimal(0)), who=client, home=home)
        .filter(back__lt=F("amount"))
        .aggregate(
            grants=Count("pk"),
            people=Count("who", filter=person, distinct=True),
            homes=Count("home", filter=person, distinct=True),
            alone=Count("who", filter=person & Q(home=None), distinct=True),
        )
    )
    return {"grants": found["grants"], "people": found["people"], "households": found["homes"] + found["alone"]}
