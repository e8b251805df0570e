"""Make the whole demo, in order: agencies, people, work, contracts, supervision."""

import time
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import FloorRole, User
from common.dates import local_day
from config.demo import agency as agencies
from config.demo.cast import AGENCIES, AGENCY_ROLES, FLOOR_ROLES, PASSWORD
from config.demo.dice import Dice
from config.demo.plan import Post, first_day, posts
from config.demo.volunteering import volunteer_year
from config.demo.work import record_year
from evaluation.door import Fact, record_facts
from tenants import actions
from tenants.models import Tenant
from tenants.running import in_public, in_tenant

Say = Callable[[str], object]


def is_seeded() -> bool:
    """Return whether the demo stands whole: its last step is the operator's account."""
    with in_public():
        return User.objects.filter(username="operator").exists()


def seed(*, say: Say) -> None:
    """Make the demo; each agency is one transaction, so an interrupted start goes on where it stopped."""
    started = time.monotonic()
    secret = make_password(PASSWORD)
    plan = posts()
    for agency in AGENCIES:
        with in_public():
            tenant = actions.open_agency(slug=agency.slug, name=agency.name, region=agency.districts[0])
            done = User.objects.filter(username=f"{agency.slug}.{AGENCY_ROLES[0]}").exists()
        if not done:
            written = work_in(tenant, [post for post in plan if post.agency == agency], secret)
            say(f"  {agency.name}: {written}")
    with in_public(), transaction.atomic():
        floor_accounts(secret)
    with in_public(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"  {time.monotonic() - started:.0f} s in all")


def work_in(tenant: Tenant, plan: list[Post], secret: str) -> str:
    """Fill one agency; return what was written, in words."""
    today = local_day(timezone.now())
    first = first_day(today)
    with in_tenant(tenant), transaction.atomic():
        users = {role: account(f"{tenant.slug}.{role}", secret) for role in AGENCY_ROLES}
        stations = agencies.open_sites(plan, today)
        facts: list[Fact] = agencies.hire(stations, users, today)
        facts += agencies.open_files(stations, first, today)
        facts += volunteer_year(stations, users, first, today)
        records, told = record_year(stations, first, today)
        record_facts(tenant=tenant.slug, facts=[*facts, *told])
        User.objects.bulk_update(users.values(), ["name"])
        for role, user in users.items():
            actions.give_roles(user=user, tenant=tenant, roles=[role], by=None)
    return f"{len(stations)} stations, {records} records"


def account(username: str, secret: str, name: str = "") -> User:
    dice = Dice(f"account {username}")
    return User.objects.create(
        ref=dice.ref(), username=username, password=secret, name=name or dice.name(dice.gender(0.6))
    )


def floor_accounts(secret: str) -> None:
    """Make the shared floor's accounts; the operator's comes last and says that all of it stands."""
    for role, area in FLOOR_ROLES.items():
        user = User.objects.filter(username=role).first() or account(role, secret)
        FloorRole.objects.get_or_create(user=user, role=role, area=area)
