"""Building an agency: killed at any step it is taken up, refused it frees its names, two at once make one."""

import datetime as dt
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from billing.models import Subscription
from billing.plans import catalogue
from enrolment import tasks
from enrolment.models import SignUp
from enrolment.sign_up import actions as sign_up_actions
from enrolment.sign_up import provisioning
from letters.models import Letter
from tenants.agencies import actions as tenants
from tenants.models import Membership, Tenant
from tenants.running import HEADER, SHARED_FLOOR, in_public
from tests.identities import credit_code
from tests.platform.enrolment.test_signing_up import PLAN, SAID, begun, code_of, queued, verified

State = SignUp.State


def broken(*args: Any, **kwargs: Any) -> Any:
    raise ConnectionError("the server went away")


def quiet_for_a_while() -> None:
    SignUp.objects.update(touched_at=timezone.now() - dt.timedelta(minutes=2))


def whole(slug: str) -> None:
    """Look that an agency has everything, once."""
    sign_up = SignUp.objects.get(slug=slug)
    tenant = Tenant.objects.get(slug=slug)
    assert (sign_up.state, tenant.state) == (State.READY, Tenant.State.ACTIVE)
    assert set(sign_up.steps) == set(provisioning.STEPS)
    assert Membership.objects.filter(tenant=tenant, roles=["agency_director"]).count() == 1
    assert User.objects.filter(username=sign_up.username).count() == 1
    assert Subscription.objects.filter(account__tenant=tenant).count() == 1
    assert Letter.objects.filter(kind="welcome", key=f"welcome:{sign_up.ref}").count() == 1


@pytest.mark.parametrize("step", list(provisioning.STEPS))
def test_broken_off_at_any_step_it_goes_on_there(public: None, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up = queued()
    words, act = provisioning.STEPS[step]

    def half(row: SignUp) -> None:
        act(row)
        broken()

    with monkeypatch.context() as patch:
        patch.setitem(provisioning.STEPS, step, (words, half))
        with pytest.raises(ConnectionError):
            provisioning.build(sign_up.ref)
    sign_up.refresh_from_db()
    assert sign_up.state == State.BUILDING
    assert step not in sign_up.steps
    assert provisioning.take_up() == 0  # somebody may still be at it

    quiet_for_a_while()
    assert tasks.take_up_unfinished.apply(headers={HEADER: SHARED_FLOOR}).result == 1
    whole("nuanyang")


@pytest.mark.parametrize("step", list(provisioning.STEPS))
def test_killed_outright_at_any_step_it_is_taken_up(commits: None, step: str) -> None:
    """A process of its own does the work and dies in the middle of a step, as `kill -9` ends a worker."""
    with in_public():
        sign_up = queued()
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            _die_in(step, sign_up.ref)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    with in_public():
        sign_up.refresh_from_db()
        assert sign_up.state == State.BUILDING
        assert set(sign_up.steps) == set(list(provisioning.STEPS)[: list(provisioning.STEPS).index(step)])
        quiet_for_a_while()
        provisioning.take_up()
        whole("nuanyang")


def _die_in(step: str, ref: str) -> None:
    words, act = provisioning.STEPS[step]

    def half(row: SignUp) -> None:
        act(row)
        os._exit(9)

    provisioning.STEPS[step] = (words, half)
    with in_public():
        provisioning.build(ref)


def test_one_that_breaks_holds_up_no_other_and_ends_after_eight_tries(
    public: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = queued(), queued(slug="good", credit_code=credit_code(2), username="good")
    opened = tenants.open_agency

    def sometimes(**said: Any) -> Tenant:
        return broken() if said["slug"] == "nuanyang" else opened(**said)

    monkeypatch.setattr(tenants, "open_agency", sometimes)
    for _round in range(9):
        quiet_for_a_while()
        provisioning.take_up()

    whole("good")
    bad.refresh_from_db()
    assert bad.state == State.FAILED
    assert "网址名已释放" in bad.reason
    assert good.ref != bad.ref
    monkeypatch.undo()
    assert verified(credit_code=credit_code(1), username="another").state == State.VERIFIED


def test_a_name_taken_meanwhile_ends_it_and_another_name_goes_on(public: None) -> None:
    sign_up = queued()
    tenants.open_agency(slug="nuanyang", name="运营人员先开通的机构")

    assert provisioning.build(sign_up.ref) == State.FAILED
    sign_up.refresh_from_db()
    assert "刚刚被别的机构使用" in sign_up.reason

    assert sign_up_actions.hold(sign_up=sign_up, slug="nuanyang2").state == State.BUILDING
    assert provisioning.build(sign_up.ref) == State.READY
    whole("nuanyang2")


def test_a_login_taken_meanwhile_ends_it_and_another_login_goes_on(public: None) -> None:
    sign_up = queued()
    User.objects.create_user("zhao-nuanyang", "whatever it is")

    assert provisioning.build(sign_up.ref) == State.FAILED
    assert sign_up_actions.hold(sign_up=sign_up, slug="ignored", username="zhao2").state == State.BUILDING
    assert provisioning.build(sign_up.ref) == State.READY
    sign_up.refresh_from_db()
    assert (sign_up.slug, sign_up.director and sign_up.director.username) == ("nuanyang", "zhao2")


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each on a connection of its own; return results or errors."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            with in_public():
                barrier.wait()
                results[place] = acts[place]()
        except Exception as error:
            results[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize(
    ("same", "field"),
    [
        ({"slug": "both"}, "slug"),
        ({"credit_code": credit_code(9)}, "credit_code"),
        ({"username": "both"}, "username"),
    ],
)
def test_of_two_at_once_exactly_one_wins(commits: None, same: dict[str, str], field: str) -> None:
    with in_public():
        made = []
        for number in range(6):
            own = {"slug": f"own{number}", "credit_code": credit_code(20 + number), "username": f"own{number}"}
            made.append(begun(**{**own, **same}))
        codes = [code_of(each) for each in made]
    connections.close_all()

    def act(place: int) -> Callable[[], Any]:
        return lambda: sign_up_actions.verify(sign_up=made[place], code=codes[place])

    results = together(*(act(place) for place in range(6)))

    lost = [each for each in results if isinstance(each, sign_up_actions.CannotSignUp)]
    assert len(lost) == 5, results
    assert all(list(each.fields) == [field] for each in lost)
    assert sum(isinstance(each, SignUp) and each.state == State.VERIFIED for each in results) == 1


def test_two_workers_at_one_sign_up_make_one_agency(commits: None) -> None:
    with in_public():
        sign_up = queued()
    connections.close_all()

    results = together(*[lambda: provisioning.build(sign_up.ref)] * 3)

    assert results == [State.READY] * 3
    with in_public():
        whole("nuanyang")


def test_many_guesses_at_once_are_five(commits: None) -> None:
    with in_public():
        sign_up = begun()
        wrong = f"{(int(code_of(sign_up)) + 1) % 10**6:06d}"
    connections.close_all()

    results = together(*[lambda: sign_up_actions.verify(sign_up=sign_up, code=wrong)] * 12)

    assert sum("还可以试" in str(each) for each in results) == 5
    assert sum("已试错" in str(each) for each in results) == 7


def test_choosing_a_plan_sends_the_task(public: None, django_capture_on_commit_callbacks: Any) -> None:
    sign_up = verified()
    sent = []
    with pytest.MonkeyPatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(tasks.provision, "delay", lambda **said: sent.append(said))
        sign_up_actions.choose_plan(sign_up=sign_up, **PLAN)  # type: ignore[arg-type]

    assert sent == [{"sign_up": sign_up.ref}]
    assert tasks.provision.apply(kwargs=sent[0], headers={HEADER: SHARED_FLOOR}).result == State.READY


def test_a_plan_taken_off_meanwhile_becomes_one_that_is_offered(public: None) -> None:
    sign_up = queued()
    SignUp.objects.update(plan="of-last-year")

    assert provisioning.build(sign_up.ref) == State.READY
    assert Subscription.objects.get(account__tenant__slug="nuanyang").plan == catalogue.offered()[-1].code


def test_a_month_after_it_is_open_its_people_are_forgotten(public: None) -> None:
    sign_up = queued()
    provisioning.build(sign_up.ref)
    provisioning.forget()
    sign_up.refresh_from_db()
    assert sign_up.email

    SignUp.objects.update(ready_at=timezone.now() - dt.timedelta(days=31))
    provisioning.forget()
    sign_up.refresh_from_db()
    assert (sign_up.email, sign_up.phone, sign_up.contact, sign_up.username) == ("", "", "", "")
    assert (sign_up.state, sign_up.name) == (State.READY, SAID["name"])
