"""One person has one year (GZ-07): over several funds, several files, a missing number, and a wrong clock."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common import clock
from services.clients import actions as clients
from services.clients.models import Client
from services.funds import rules
from services.grants.applications import merges
from services.grants.decisions import voting
from services.grants.guards import likeness, limits, persons
from services.grants.guards.limits import OverLimit
from services.grants.models import Application, Limit
from services.grants.payments import actions as payment_actions
from services.journal.models import JournalEntry
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.identities import id_number
from tests.services.grants.cast import Foundation, asked, assessed, found, granted, payable, votes, wanted
from tests.services.test_api import Program

D = Decimal


def second_file(base: Foundation, **changes: Any) -> Client:
    said = {"name": "张桂兰", "site": base.room.station, "worker": base.room.wei}
    today = clock.today()
    return clients.open_file(
        file=clients.ClientFile(**{**said, **changes}), opened_on=today, today=today, by=base.worker
    )


def per_fund(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the programme's file said scope = "fund"."""
    real = rules.programmes.programme

    def read(key: str, digest: str = "") -> Any:
        edition = real(key, digest)
        funds = tuple(replace(one, scope="fund") if one.code == "person_year_cap" else one for one in edition.funds)
        return replace(edition, funds=funds)

    monkeypatch.setattr(rules.programmes, "programme", read)


def last(base: Foundation, application: Application) -> Application:
    """The vote that decides, tried again."""
    return voting.vote(application=application, verdict="approve", words="", by=base.committee[2])


def test_a_persons_year_adds_up_over_the_funds(base: Foundation) -> None:
    second = found(base.room, "F2")
    granted(base, "3000")
    with pytest.raises(OverLimit) as no:
        asked(second, "2000.01")
    assert no.value.extra == {"remaining": "2000.00"}
    granted(second, "2000")
    assert limits.recount() == []
    with pytest.raises(OverLimit):
        asked(base, "0.01")


def test_two_funds_that_decide_side_by_side_give_one_cap(base: Foundation) -> None:
    """Both were applied for while nothing was granted: the second decision finds what the first took."""
    second = found(base.room, "F2")
    one, two = assessed(base, "5000"), assessed(second, "5000")
    votes(base, one, "approve", "approve", "approve")
    with pytest.raises(OverLimit):
        votes(second, two, "approve", "approve", "approve")
    two.refresh_from_db()
    assert two.state == "assessed"


def test_the_programme_may_say_that_each_fund_counts(base: Foundation, monkeypatch: pytest.MonkeyPatch) -> None:
    second = found(base.room, "F2")
    per_fund(monkeypatch)
    granted(base, "5000")
    granted(second, "5000")
    with pytest.raises(OverLimit):
        asked(second, "1")


def test_the_rule_says_so_to_the_public() -> None:
    found = rules.rules_of("jinan-funds")
    assert found.spans_funds
    assert any("一人一年救助上限" in said and "各基金合计" in said for said, _clause in found.sentences)


def test_a_restricted_second_file_counts_by_its_number(base: Foundation) -> None:
    number = id_number(321)
    secret = second_file(base, name="隐秘的人", id_number=number, is_restricted=True)
    granted(base, "4000", wanted(base.room, secret))
    today = clock.today()
    file = clients.ClientFile(name="隐秘的人", site=base.room.station, id_number=number)
    other = clients.open_file(file=file, opened_on=today, today=today, by=base.head)

    with pytest.raises(OverLimit) as no:
        asked(base, "1000.01", wanted(base.room, other))
    assert no.value.extra == {"remaining": "1000.00"}
    granted(base, "1000", wanted(base.room, other))
    assert limits.recount() == []


def test_a_number_that_is_added_later_stops_the_payment(base: Foundation) -> None:
    """Both files were granted for as two people; then one is known to have the number of a restricted one."""
    number = id_number(322)
    secret = second_file(base, name="隐秘的人", id_number=number, is_restricted=True)
    granted(base, "4000", wanted(base.room, secret))
    plain = second_file(base, name="另一个人")
    application = payable(base, "3000", wanted(base.room, plain))
    file = clients.ClientFile(name="另一个人", site=base.room.station, id_number=number)
    clients.change_file(client=plain, file=file, today=clock.today(), by=base.head)

    with pytest.raises(OverLimit):
        payment_actions.prepare(application=application, method="bank", payee="某人", reference="", by=base.finance[0])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ("name",)),
        ({"name": "章桂兰"}, ("name",)),  # another character of the same sound
        ({"name": "张某", "phone": "13864100001"}, ("phone",)),
        ({"name": "张桂兰", "birth_on": dt.date(1950, 1, 1)}, ("name",)),  # whatever birthday they say
    ],
)
def test_a_file_without_a_number_is_shown_to_two_people(
    base: Foundation, changes: dict[str, Any], why: tuple[str, ...]
) -> None:
    granted(base, "5000")
    application = assessed(base, "5000", wanted(base.room, second_file(base, **changes)))
    with pytest.raises(likeness.NotCompared, match=base.room.client.number):
        votes(base, application, "approve", "approve", "approve")

    assert [one.why for one in likeness.alike(Client.objects.get(pk=application.need.client_id))] == [why]
    likeness.compare(application=application, by=base.head)
    with pytest.raises(likeness.NotCompared):
        last(base, application)
    for same in (base.head, base.worker):
        with pytest.raises(likeness.ComparedAlready):
            likeness.compare(application=application, by=same)
    likeness.compare(application=application, by=base.room.director)
    assert last(base, application).state == "notice"
    assert JournalEntry.objects.filter(act="grants.identity.compared").count() == 2


def test_it_is_shown_the_other_way_round_too(base: Foundation) -> None:
    """The file without a number was granted for first; now the one with the number asks."""
    granted(base, "5000", wanted(base.room, second_file(base)))
    with pytest.raises(likeness.NotCompared):
        granted(base, "5000")


def test_a_further_grant_asks_for_another_look(base: Foundation) -> None:
    granted(base, "3000")
    application = assessed(base, "5000", wanted(base.room, second_file(base)))
    for person in (base.head, base.room.director):
        likeness.compare(application=application, by=person)
    granted(base, "1000")
    with pytest.raises(likeness.NotCompared):
        votes(base, application, "approve", "approve", "approve")


def test_two_numbers_are_two_people_and_strangers_are_not_asked_about(base: Foundation) -> None:
    granted(base, "5000")
    granted(base, "5000", wanted(base.room, second_file(base, id_number=id_number(5))))
    granted(base, "5000", wanted(base.room, second_file(base, name="李建国")))


def test_the_page_shows_whom_and_takes_two_words(north_room: Any) -> None:
    with in_tenant(north_room.tenant):
        base = found(north_room)
        granted(base, "4000")
        application = assessed(base, "5000", wanted(north_room, second_file(base)))
    page = f"/grants/{application.ref}/"
    head, director = signed_in(base.head, north_room.host), signed_in(north_room.director, north_room.host)
    worker = signed_in(base.worker, north_room.host)

    shown = head.get(page).content.decode()
    assert north_room.client.number in shown
    assert "¥4,000.00" in shown or "4,000.00" in shown
    assert "可能是同一人" not in worker.get(page).content.decode()
    assert worker.post(f"{page}compare/").status_code == 403
    stale = head.post(f"{page}compare/", {"seen": "x"}, follow=True).content.decode()
    assert "页面内容已经变化" in stale
    for browser in (head, director):
        seen = browser.get(page).content.decode().partition('name="seen" value="')[2].partition('"')[0]
        assert "已记录您的核对" in browser.post(f"{page}compare/", {"seen": seen}, follow=True).content.decode()
    with in_tenant(north_room.tenant):
        assert votes(base, application, "approve", "approve", "approve").state == "notice"


def test_programs_compare_too(north_room: Any) -> None:
    with in_tenant(north_room.tenant):
        base = found(north_room)
        granted(base, "4000")
        application = assessed(base, "5000", wanted(north_room, second_file(base)))
    head = Program(base.head.username, north_room.host)
    told = head.get(f"/api/v1/fund-applications/{application.ref}/compare/").json()
    assert told["files"] == [{"number": north_room.client.number, "why": ["name"], "granted": "4000.00"}]
    answer = head.post(f"/api/v1/fund-applications/{application.ref}/compare/", {"seen": told["seen"]})
    assert (answer.status_code, answer.json()["compared"]) == (200, 1)
    assert head.post(f"/api/v1/fund-applications/{application.ref}/compare/", {"seen": told["seen"]}).status_code == 409


def test_a_machines_clock_moves_no_year(base: Foundation, monkeypatch: pytest.MonkeyPatch) -> None:
    """AT-36: whatever this machine believes, a grant stands in the year of its cap, by the database's clock."""
    off = timezone.now() + dt.timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: off)
    application = payable(base, "3000")
    payment = payment_actions.prepare(
        application=application, method="bank", payee="张三", reference="", by=base.finance[0]
    )
    paid = payment_actions.approve_payment(payment=payment, by=base.finance[1])
    application.refresh_from_db()

    today, year = clock.today(), clock.today().year
    assert application.cap_year == year == Limit.objects.get(kind="person_year").year
    assert application.decided_at
    assert application.assessed_at
    moments = (application.applied_at, application.assessed_at, application.decided_at, paid.prepared_at)
    assert {clock.day_of(moment) for moment in moments} == {today}
    assert paid.paid_on == today
    assert application.notice_from == today


def test_every_file_of_a_person_is_found(base: Foundation) -> None:
    """By numbers of merged files too, however long the chain."""
    number = id_number(900)
    one, two = second_file(base, name="甲"), second_file(base, name="乙", id_number=number, is_restricted=True)
    merges.merge(keep=one, duplicate=two, by=base.room.director)
    today = clock.today()
    file = clients.ClientFile(name="丙", site=base.room.station, id_number=number)
    three = clients.open_file(file=file, opened_on=today, today=today, by=base.head)

    assert {each.pk for each in persons.same_person(three)} == {one.pk, three.pk}
    assert persons.same_person(two)[0].pk == one.pk
    assert Application.objects.count() == 0
