"""A contract of north's station in 历下 and one of south's in 市中, and the people who look at them."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from contracts.actions import Site, Terms, sign_contract
from contracts.models import Contract
from evaluation.door import Fact, record_facts
from tenants.models import Tenant
from tests.cast import officer

TODAY = dt.date(2026, 11, 21)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def terms(provider: Tenant, number: str = "LX-2026-01", **changes: Any) -> Terms:
    values: dict[str, Any] = {
        "number": number,
        "title": "千佛山街道社工站项目",
        "programme": "jinan",
        "provider": provider,
        "area": "370102002",
        "starts_on": FIRST,
        "ends_on": LAST,
        "amount": Decimal("200000.00"),
        "stations": [Site("N01", "千佛山社工站", "370102002")],
        "parties": [("purchaser", "历下区民政局", "370102"), ("landing_party", "千佛山街道办事处", "370102002")],
        "deliverables": {"home_visits": Decimal(60), "consultations": Decimal(24)},
    }
    return Terms(**{**values, **changes})


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages ask the clock for the day; here it is always the same one."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)


@pytest.fixture
def contract(public: None, north_row: Tenant) -> Contract:
    return sign_contract(terms=terms(north_row), by=None)


@pytest.fixture
def southern(public: None, south_row: Tenant) -> Contract:
    changed = terms(
        south_row,
        "SZ-2026-01",
        title="大观园街道社工站项目",
        area="370103002",
        stations=[Site("S01", "大观园社工站", "370103002")],
    )
    return sign_contract(terms=changed, by=None)


@pytest.fixture
def zhou(public: None) -> User:
    """The officer of 历下区."""
    return officer("zhou", "district_officer", "370102", "周主任")


@pytest.fixture
def visits() -> Callable[..., None]:
    def record(count: int, tenant: str = "north", station: str = "N01", on: dt.date = FIRST) -> None:
        facts = [
            Fact(station, "home_visits", on, 1, f"records.record:{station}{on}{number}", f"s{number % 12}")
            for number in range(count)
        ]
        record_facts(tenant=tenant, facts=facts)

    return record
