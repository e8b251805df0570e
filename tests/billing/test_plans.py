"""Plans are data: what the file says, and what it may not say."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from billing.plans import catalogue

PLAN = """
[[plan]]
code = "one"
name = "一号"
name_en = "One"
station_month = "{price}"
station_year = "100.00"
seat_month = "1.00"
seat_year = "10.00"
trial_days = {days}
"""


def test_our_own_plans_have_both_names_and_all_prices() -> None:
    with translation.override("zh-hans"):
        chinese = [plan.name for plan in catalogue.offered()]
    with translation.override("en"):
        english = [plan.name for plan in catalogue.offered()]

    assert chinese == ["起步版", "标准版"]
    assert english == ["Starter", "Standard"]
    assert catalogue.plan("standard").station_price("year") == Decimal("2600.00")


def test_a_plan_that_is_gone_is_refused_in_words_and_keeps_its_code(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(PLAN.format(price="10.00", days=14), encoding="utf-8")
    settings.PLANS_FILE = str(file)

    with pytest.raises(catalogue.NoSuchPlan, match="不再提供"):
        catalogue.plan("standard")
    assert catalogue.name_of("standard") == "standard"
    assert catalogue.plan("one").trial_days == 14


@pytest.mark.parametrize(("price", "days"), [("10.001", 14), ("-1", 14), ("ten", 14), ("10.00", -1)])
def test_a_file_that_makes_no_sense_says_which_plan(settings: Any, tmp_path: Path, price: str, days: int) -> None:
    file = tmp_path / "plans.toml"
    file.write_text(PLAN.format(price=price, days=days), encoding="utf-8")
    settings.PLANS_FILE = str(file)

    with pytest.raises(catalogue.BadPlans, match="one"):
        catalogue.offered()
