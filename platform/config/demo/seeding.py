"""Make the whole demo, in order: agencies, people, work, contracts, supervision."""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password

from accounts.models import FloorRole, User
from config.demo.cast import AGENCIES, AGENCY_ROLES, FLOOR_ROLES, PASSWORD
from tenants import actions
from tenants.models import Tenant
from tenants.running import in_public


def is_seeded() -> bool:
    """Return whether the last agency of the demo stands."""
    with in_public():
        return Tenant.objects.active().filter(slug=AGENCIES[-1].slug).exists()


def seed(*, say: Callable[[str], object]) -> None:
    with in_public():
        for agency in AGENCIES:
            tenant = actions.open_agency(slug=agency.slug, name=agency.name, region=agency.districts[0])
            say(f"  {tenant.name}")
        people()


def people() -> None:
    secret = make_password(PASSWORD)
    for agency in AGENCIES:
        tenant = Tenant.objects.get(slug=agency.slug)
        for role in AGENCY_ROLES:
            user = User.objects.create(username=f"{agency.slug}.{role}", password=secret, name=role)
            actions.give_roles(user=user, tenant=tenant, roles=[role], by=None)
    for role, area in FLOOR_ROLES.items():
        user = User.objects.create(username=role, password=secret, name=role)
        FloorRole.objects.create(user=user, role=role, area=area)
