import datetime as dt

import pytest

from common.texts.identity import id_number
from config.demo import dice, plan
from config.demo.cast import accounts

TODAY = dt.date(2026, 11, 22)


def test_every_street_of_jinan_has_its_station_and_every_district_its_hub() -> None:
    posts = plan.posts()

    assert sum(not post.is_hub for post in posts) == 161
    assert sum(post.is_hub for post in posts) == 12
    assert len({post.code for post in posts}) == 173
    assert len({post.agency.slug for post in posts}) == 6


def test_the_plan_is_the_same_every_time() -> None:
    assert plan.posts() == plan.posts()
    assert plan.counts(plan.posts()[5], 360) == plan.counts(plan.posts()[5], 360)


@pytest.mark.parametrize("today", [TODAY, dt.date(2027, 1, 31), dt.date(2028, 2, 29), dt.date(2026, 12, 1)])
def test_the_year_is_never_older_than_a_record_may_be(today: dt.date) -> None:
    first = plan.first_day(today)

    assert first.day == 1
    assert (today - first).days <= 366


@pytest.mark.parametrize("today", [TODAY, dt.date(2027, 1, 31), dt.date(2028, 2, 29), dt.date(2026, 12, 1)])
def test_contracts_run_twelve_months_and_still_do(today: dt.date) -> None:
    for post in plan.posts()[1::40]:
        starts_on, ends_on = plan.contract_days(post, today)
        assert plan.first_day(today) <= starts_on
        assert 364 <= (ends_on - starts_on).days <= 365
        assert (ends_on - today).days >= 27
        assert (today - starts_on).days > 200


def test_invented_identity_numbers_are_well_formed_and_of_no_real_county() -> None:
    numbers = {dice.id_number(serial, dt.date(1950, 3, 8), "f") for serial in range(3000)}

    assert len(numbers) == 3000
    for number in list(numbers)[:50]:
        assert id_number(number, TODAY).gender == "f"
        assert number.startswith("3799")


def test_demo_accounts_name_every_role_on_its_host() -> None:
    rows = [account.as_row(8000) for account in accounts()]

    assert {row["role"] for row in rows} == {
        "agency_director", "station_head", "worker", "intern", "finance", "volunteer_coordinator",
        "fund_committee", "fund_monitor", "district_officer", "city_officer", "supervisor", "evaluator", "operator",
    }  # fmt: skip
    assert len({row["host"] for row in rows if row["role"] == "worker"}) >= 2
    assert {row["url"] for row in rows if row["role"] == "operator"} == {"http://localhost:8000"}
