"""Who the signed-in person is on this host."""

from accounts.access import Standing
from accounts.models import FloorRole, User
from tenants.models import Membership


def standing_of(user: User, slug: str) -> Standing:
    """Return the person's roles in the agency `slug`, or on the shared floor for ''."""
    if not user.is_active:
        return Standing(tenant=slug or None)
    if slug:
        roles = Membership.objects.filter(user=user, tenant__slug=slug, is_active=True).values_list("roles", flat=True)
        return Standing(tenant=slug, roles=frozenset().union(*roles))
    held = list(FloorRole.objects.filter(user=user).values_list("role", "area"))
    return Standing(roles=frozenset(role for role, _ in held), areas=tuple(sorted({area for _, area in held if area})))
