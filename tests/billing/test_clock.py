"""Time passes: reminders, next bills, new periods, overdue ones, the end."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from billing.models import Bill, Subscription
from billing.plans import entitlement
from billing.rules import Cause, Mode
from billing.subscriptions import actions as plan_changes
from letters.models import Letter
from tenants.models import Tenant
from tests.billing.payers import NOON, later, on_trial, open_bill, pay, taken_up


@pytest.fixture
def director(public: None) -> User:
    return User.objects.create_user("boss", None)


def kinds() -> list[str]:
    return sorted(Letter.objects.values_list("kind", flat=True))


def test_a_trial_is_reminded_of_once_and_stays_until_somebody_decides(public: None, north_row: Tenant) -> None:
    trial = on_trial(north_row)
    assert trial.trial_until
    for days in (8, 6, 3, 0):
        later(trial, trial.trial_until - dt.timedelta(days=days))

    assert trial.state == Subscription.State.TRIALING
    assert kinds() == ["trial-ending"]


def test_the_next_period_is_billed_two_weeks_ahead_and_begins_by_itself(public: None, north_row: Tenant) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    end = taken.period_to
    assert end

    later(taken, end - dt.timedelta(days=15))
    assert not taken.account.bills.filter(state=Bill.State.OPEN).exists()
    for _again in range(3):
        later(taken, end - dt.timedelta(days=14))
    assert open_bill(taken.account).due_on == timezone.localdate(end)
    pay(open_bill(taken.account))
    later(taken, end + dt.timedelta(hours=1))

    assert (taken.state, taken.period_from) == (Subscription.State.ACTIVE, end)
    assert taken.bills.count() == 2


def test_after_months_of_standing_still_every_period_is_billed_once(public: None, north_row: Tenant) -> None:
    taken = later(taken_up(north_row), NOON + dt.timedelta(days=100))

    starts = sorted(taken.bills.values_list("period_from", flat=True))
    assert [timezone.localdate(start).isoformat() for start in starts] == [
        "2026-03-10", "2026-04-10", "2026-05-10", "2026-06-10",
    ]  # fmt: skip


def test_an_overdue_bill_is_reminded_of_and_closes_writing_after_two_weeks(public: None, north_row: Tenant) -> None:
    taken = taken_up(north_row)
    bill = open_bill(taken.account)
    due = dt.datetime.combine(bill.due_on, dt.time(12), NOON.tzinfo)

    later(taken, due)
    assert taken.state == Subscription.State.ACTIVE
    for days in (1, 2, 7, 7, 12):
        later(taken, due + dt.timedelta(days=days))

    assert taken.state == Subscription.State.PAST_DUE
    assert kinds().count("bill-overdue") == 3
    found = entitlement.ask("north")
    assert (found.mode, found.cause) == (Mode.READ_ONLY, Cause.UNPAID)

    for owed in taken.account.bills.filter(state=Bill.State.OPEN):  # the next period's too: the clock here is today's
        pay(owed)
    taken.refresh_from_db()
    assert taken.state == Subscription.State.ACTIVE
    assert taken.unpaid_since is None


def test_a_cancelled_plan_runs_to_its_end_and_can_be_taken_up_again(
    public: None, north_row: Tenant, director: User
) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    end = taken.period_to
    assert end
    plan_changes.cancel(subscription=taken, by=director)

    later(taken, end - dt.timedelta(days=1))
    assert taken.state == Subscription.State.ACTIVE
    later(taken, end)
    assert taken.state == Subscription.State.CANCELLED
    assert entitlement.ask("north").cause == Cause.ENDED
    assert kinds().count("subscription-ended") == 1
    assert not taken.account.bills.filter(state=Bill.State.OPEN).exists()

    said = {"plan": "starter", "interval": "month", "stations": 1, "seats": 2}
    again = plan_changes.take_up(account=taken.account, now=end + dt.timedelta(days=40), by=director, **said)
    assert again.pk != taken.pk
    assert entitlement.ask("north").mode == Mode.OPEN


def test_a_cancellation_after_the_next_bill_takes_the_bill_back(
    public: None, north_row: Tenant, director: User
) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    end = taken.period_to
    assert end
    later(taken, end - dt.timedelta(days=5))
    ahead = open_bill(taken.account)

    plan_changes.cancel(subscription=taken, by=director)
    later(taken, end)
    ahead.refresh_from_db()

    assert ahead.state == Bill.State.VOID


def test_a_cancellation_taken_back_in_time_changes_nothing(public: None, north_row: Tenant, director: User) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    end = taken.period_to
    assert end
    plan_changes.cancel(subscription=taken, by=director)
    plan_changes.resume(subscription=taken, by=director)

    later(taken, end)
    assert taken.state == Subscription.State.ACTIVE


def test_an_ended_plan_cannot_be_changed_or_resumed(public: None, north_row: Tenant, director: User) -> None:
    trial = on_trial(north_row)
    plan_changes.cancel(subscription=trial, by=director)
    assert trial.trial_until
    later(trial, trial.trial_until)

    for act in (plan_changes.cancel, plan_changes.resume):
        with pytest.raises(plan_changes.CannotChange, match="已结束"):
            act(subscription=trial, by=director)
