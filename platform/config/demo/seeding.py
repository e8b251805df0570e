"""Make the whole demo, in order: agencies, people, work, contracts, supervision."""

import datetime as dt
import time
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import FloorRole, User
from common.dates import local_day
from config.demo import agency as agencies
from config.demo import known, supervising
from config.demo.agency import Station
from config.demo.asking import ask_about_data, ask_for_help
from config.demo.banking import take_in_statement
from config.demo.cast import (
    AGENCIES,
    AGENCY_ROLES,
    CHARITY_AGENCY,
    CHARITY_PEOPLE,
    FLOOR_ROLES,
    PASSWORD,
    SECOND_OPERATOR,
    SHOWN_DISTRICT,
)
from config.demo.charity import open_funds, publish_reports
from config.demo.dice import Dice
from config.demo.granting import grant_year
from config.demo.paying import pay_for_agencies
from config.demo.plan import Post, first_day, posts
from config.demo.purchase import announcing, buying, marking
from config.demo.volunteering import volunteer_year
from config.demo.work import record_year
from contracts.models import Contract
from evaluation.door import Fact, record_facts
from services.funds.books import closing
from services.funds.models import Fund
from services.network import programmes
from supervision.models import Supervisor
from tenants.agencies import actions
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tenants.running import in_public, in_tenant

Say = Callable[[str], object]


def is_seeded() -> bool:
    """Return whether the demo stands whole: the operator's account is made last."""
    with in_public():
        return User.objects.filter(username="operator").exists()


def seed(*, say: Say) -> None:
    """Make the demo. Each part is one transaction, so an interrupted start goes on where it stopped."""
    started = time.monotonic()
    secret = make_password(PASSWORD)
    plan = posts()
    for agency in AGENCIES:
        with in_public():
            tenant = Tenant.objects.active().filter(slug=agency.slug).first() or actions.open_agency(
                slug=agency.slug, name=agency.name, region=agency.districts[0]
            )
            done = User.objects.filter(username=f"{agency.slug}.{AGENCY_ROLES[0]}").exists()
        if not done:
            written = work_in(tenant, [post for post in plan if post.agency == agency], secret)
            say(f"  {agency.name}: {written}")
    with in_public():
        for part in (floor_accounts, supervise, buy, pay):
            with transaction.atomic():
                if words := part(plan, secret):
                    say(f"  {words}")
        if not is_seeded():
            known.put_back()
        with transaction.atomic():
            finish(secret)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    say(f"  {time.monotonic() - started:.0f} s in all")


def work_in(tenant: Tenant, plan: list[Post], secret: str) -> str:
    """Fill one agency; return what was written, in words."""
    now = timezone.now()
    today = local_day(now)
    first = first_day(today)
    with in_tenant(tenant), transaction.atomic():
        users = {role: account(f"{tenant.slug}.{role}", secret) for role in AGENCY_ROLES}
        stations = agencies.open_sites(plan, today)
        facts: list[Fact] = agencies.hire(stations, users, today)
        facts += agencies.open_files(stations, first, today)
        facts += volunteer_year(stations, users, first, today)
        records, told = record_year(stations, first, now)
        record_facts(tenant=tenant.slug, facts=[*facts, *told])
        known.correct_some(tenant.slug, users["agency_director"], now)
        User.objects.bulk_update(users.values(), ["name"])
        for role, user in users.items():
            actions.give_roles(user=user, tenant=tenant, roles=[role], by=None)
        programmes.choose(key="jinan", by=users["agency_director"])
        grants = support(tenant, stations, users, secret, today) if tenant.slug == CHARITY_AGENCY else 0
    return f"{len(stations)} stations, {records} records" + (
        f", {grants} applications to charity funds" if grants else ""
    )


def support(tenant: Tenant, stations: list[Station], users: dict[str, User], secret: str, today: dt.date) -> int:
    """Open the agency's charity funds and let a year of donations and applications pass; return how many applied."""
    people = dict(users)
    for one in CHARITY_PEOPLE:
        people[one.username] = account(f"{tenant.slug}.{one.username}", secret, one.name)
        actions.give_roles(user=people[one.username], tenant=tenant, roles=[one.role], by=None)
    charity = open_funds(stations, people, today)
    made = grant_year(charity)
    take_in_statement(charity)
    publish_reports(charity)
    for fund in Fund.objects.select_related("book"):  # as every night does it
        closing.check(fund)
        closing.anchor(fund, today)
    ask_about_data(users["agency_director"], today)
    ask_for_help(next(station.site for station in stations if not station.post.is_hub))
    return made


def account(username: str, secret: str, name: str = "") -> User:
    dice = Dice(f"account {username}")
    return User.objects.create(
        ref=dice.ref(), username=username, password=secret, name=name or dice.name(dice.gender(0.6))
    )


def floor_accounts(plan: list[Post], secret: str) -> str:
    """Make the accounts of the shared floor, all but the operator's."""
    if User.objects.filter(username="city_officer").exists():
        return ""
    for role, area in FLOOR_ROLES.items():
        if role != "operator":
            FloorRole.objects.create(user=account(role, secret), role=role, area=area)
    return ""


def supervise(plan: list[Post], secret: str) -> str:
    """Enrol the supervisors, hold a year of sessions and book the next weeks."""
    if Supervisor.objects.exists():
        return ""
    now = timezone.now()
    tutors = supervising.enrol(User.objects.get(username="supervisor"), secret, now)
    heads = {agency.slug: User.objects.get(username=f"{agency.slug}.station_head") for agency in AGENCIES}
    held = supervising.hold_sessions(plan, tutors, heads, now)
    ahead = supervising.book_ahead(plan, tutors, heads, now)
    return f"{len(tutors)} supervisors, {held} sessions held, {ahead} ahead"


def buy(plan: list[Post], secret: str) -> str:
    """Sign, mark and publish what the bureaus buy."""
    if Contract.objects.exists():
        return ""
    today = local_day(timezone.now())
    evaluator = User.objects.get(username="evaluator")
    signed = buying.sign_all(plan, today)
    officer = User.objects.get(username="district_officer")
    marking.mark_all(signed, today, evaluator, officer)
    buying.publish_half_year(signed, today, officer)
    buying.appeal_some(signed, today, officer)
    announcing.correct_half_year(signed, SHOWN_DISTRICT, officer)
    announcing.announce_hubs(plan, today, officer, evaluator)
    return f"{len(signed)} contracts, marked and scored"


def pay(plan: list[Post], secret: str) -> str:
    """Make the second operator's account and let it run the payers' books."""
    second = User.objects.filter(username=SECOND_OPERATOR).first() or account(SECOND_OPERATOR, secret)
    FloorRole.objects.get_or_create(user=second, role="operator", area=FLOOR_ROLES["operator"])
    return pay_for_agencies(second)


def finish(secret: str) -> None:
    """Make the operator's account: it says that all the rest stands."""
    if not User.objects.filter(username="operator").exists():
        FloorRole.objects.create(user=account("operator", secret), role="operator", area=FLOOR_ROLES["operator"])
