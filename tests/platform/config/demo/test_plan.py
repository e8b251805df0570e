import datetime as dt

from common.identity import id_number
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


def test_the_year_ends_with_this_month_and_is_never_older_than_a_record_may_be() -> None:
    for today in (TODAY, dt.date(2027, 1, 31), dt.date(2028, 2, 29), dt.date(2026, 12, 1)):
        first, last = plan.first_day(today), plan.last_day(today)
        assert (today - first).days <= 366
        assert first.day == 1
        assert (last + dt.timedelta(days=1)).day == 1
        assert first <= today <= last


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
        "district_officer", "city_officer", "supervisor", "evaluator", "operator",
    }  # fmt: skip
    assert len({row["host"] for row in rows if row["role"] == "worker"}) >= 2
    assert {row["url"] for row in rows if row["role"] == "operator"} == {"http://localhost:8000"}
