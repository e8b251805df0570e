"""Who the signed-in person is on this host."""

from django.db.models.functions import Now

from accounts.access import Access
from accounts.models import FloorRole, User
from accounts.roles import EMERGENCY
from tenants.models import EmergencyAccess, Membership


def access_in(user: User, slug: str) -> Access:
    """Return the person's roles in the agency `slug`, or on the shared floor for ''."""
    if not user.is_active:
        return Access(tenant=slug or None)
    if slug:
        roles = Membership.objects.filter(user=user, tenant__slug=slug, is_active=True).values_list("roles", flat=True)
        own = frozenset().union(*roles)
        return Access(tenant=slug, roles=own or _in_an_emergency(user, slug))
    held = list(FloorRole.objects.filter(user=user).values_list("role", "area"))
    return Access(roles=frozenset(role for role, _ in held), areas=tuple(sorted({area for _, area in held if area})))


def is_emergency(who: Access) -> bool:
    """Return whether somebody is here only because of an approved emergency: he looks at pages, programs do not."""
    return who.roles == {EMERGENCY}


def _in_an_emergency(user: User, slug: str) -> frozenset[str]:
    """Return the role of who is no member but was let in for some hours; it ends by the clock, whatever is open."""
    let_in = EmergencyAccess.objects.filter(
        asked_by=user, tenant__slug=slug, state=EmergencyAccess.State.APPROVED, to_at__gt=Now()
    )
    return frozenset({EMERGENCY}) if let_in.exists() else frozenset()
