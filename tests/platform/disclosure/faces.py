"""A published fund for tests, told through the door."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from disclosure import door
from disclosure.models import Movement

FUND = "sunshinefund2345"


def face(fund: str = FUND, tenant: str = "north", **changes: Any) -> None:
    said: dict[str, Any] = {
        "name": "千佛山阳光基金", "agency": "北方社会工作服务中心", "custodian": "济水慈善会", "area": "370102002",
        "purpose_text": "帮助一时困难的邻居。", "rules": ["一人一年救助上限：¥5,000.00（示例规则第九条）"],
        "opened_on": dt.date(2026, 1, 5),
    }  # fmt: skip
    door.publish_fund(tenant=tenant, face=door.FundFace(fund=fund, **{**said, **changes}))


def moved(source: str, amount: str, category: str, purpose: str = "一般用途", **changes: Any) -> None:
    said: dict[str, Any] = {"tenant": "north", "fund": FUND, "occurred_on": dt.date(2026, 3, 1), **changes}
    door.publish_movement(source=source, amount=Decimal(amount), category=category, purpose=purpose, **said)


def notice(source: str = "grants.application:a:1", days: int = 7, **changes: Any) -> None:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "fund": FUND, "source": source, "number": "SQ-2026-0001", "kind": "person", "title": "", "cause": "illness",
        "place": "370102002", "amount": Decimal("3000.00"), "from_on": today, "to_on": today + dt.timedelta(days=days),
    }  # fmt: skip
    door.publish_notice(tenant="north", notice=door.NoticeSaid(**{**said, **changes}))


def a_year() -> None:
    """Something of every category: 31,950 came in, 4,770 went out."""
    moved("e1", "30000", "donation", giver="济水慈善会")
    moved("e2", "2000", "in_kind", "儿童之家")
    moved("e3", "-50", "give_back")
    moved("e4", "-3000", "person")
    moved("e5", "500", "repaid")
    moved("e6", "-2000", "activity", "儿童之家", occurred_on=dt.date(2026, 4, 2))
    moved("e7", "-20", "fee")
    moved("e8", "-250", "correction")


def balance() -> Decimal:
    return sum((row.amount for row in Movement.objects.filter(fund=FUND)), Decimal(0))
