"""A contract of north's hub, whose programme gives notice, days of appeal and a public view."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from contracts.actions import Site, sign_contract
from contracts.marks.actions import give_mark
from contracts.models import Contract, ScoreSheet
from contracts.publishing.actions import close_period
from tenants.models import Tenant
from tests.cast import member, officer
from tests.platform.contracts.conftest import TODAY, terms


@pytest.fixture
def hub(public: None, north_row: Tenant) -> Contract:
    changed: dict[str, Any] = {
        "title": "历下区社工总站项目", "programme": "jinan-hubs", "deliverables": {},
        "stations": [Site("N02", "历下区社工总站", "370102002")],
    }  # fmt: skip
    return sign_contract(terms=terms(north_row, "LX-HUB-1", **changed), by=None)


@pytest.fixture
def qian(public: None) -> User:
    """The evaluator."""
    return officer("qian", "evaluator", "370100", "钱评估")


@pytest.fixture
def zhao(north_row: Tenant) -> User:
    """North's director."""
    return member(north_row, "zhao", "agency_director", name="赵主任")


def mark(contract: Contract, code: str, points: str, by: User | None = None, reason: str = "抽查") -> None:
    give_mark(
        contract=contract, code=code, points=Decimal(points), reason=reason, party="purchaser", today=TODAY, by=by
    )


@pytest.fixture
def marked_hub(hub: Contract, qian: User) -> Contract:
    for code, points in (("P3", "15"), ("Q1", "16"), ("Q2", "20")):
        mark(hub, code, points, qian)
    return hub


@pytest.fixture
def announced(marked_hub: Contract, zhou: User) -> ScoreSheet:
    return close_period(contract=marked_hub, as_of=TODAY, today=TODAY, accept_missing=True, by=zhou)
