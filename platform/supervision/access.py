"""Who may hold what: a supervisor their own sessions and offers, an agency its own bookings."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.models import User
from accounts.permissions import Permission
from directory import door as directory
from supervision.models import Availability, Booking, BookingQuerySet, Supervisor
from tenants.models import Membership
from tenants.running import current_slug


def own_profile(request: HttpRequest) -> Supervisor:
    """Return the signed-in supervisor's profile, not yet kept for who has none; the caller has checked the role."""
    assert isinstance(request.user, User)
    found = Supervisor.objects.select_related("user", "university").filter(user=request.user).first()
    return found or Supervisor(user=request.user)


def kept_profile(request: HttpRequest) -> Supervisor:
    """Return the signed-in supervisor's profile for an act that needs it, made the first time."""
    found = own_profile(request)
    return Supervisor.objects.get_or_create(user=found.user)[0] if found._state.adding else found


def own_sessions(request: HttpRequest) -> BookingQuerySet:
    return Booking.objects.filter(supervisor__user=request.user.pk)


def get_session(request: HttpRequest, ref: str, permission: Permission) -> Booking:
    """Return one of the signed-in supervisor's sessions.

    :raises Http404: for an unknown ref, or another supervisor's.
    """
    require(request, permission)
    found = own_sessions(request).shown().filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def get_availability(request: HttpRequest, ref: str) -> Availability:
    """Return one of the signed-in supervisor's offers.

    :raises Http404: for an unknown ref, or another supervisor's.
    """
    require(request, Permission.AVAILABILITY_OFFER)
    found = Availability.objects.filter(supervisor__user=request.user.pk, ref=ref).first()
    if found is None:
        raise Http404
    return found


def agency_bookings() -> BookingQuerySet:
    """Return the bookings of the agency we are in."""
    return Booking.objects.of_agency(current_slug())


def get_booking(request: HttpRequest, ref: str, permission: Permission = Permission.SUPERVISION_BOOK) -> Booking:
    """Return one of this agency's bookings.

    :raises Http404: for an unknown ref, or another agency's.
    """
    require(request, permission)
    found = agency_bookings().shown().filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def may_cancel(request: HttpRequest, booking: Booking) -> bool:
    """Tell whether this member may give a booking back: who booked it, and heads and directors."""
    return booking.booked_by_id == request.user.pk or access_of(request).can(Permission.STAFF_MANAGE)


def open_stations() -> list[directory.Station]:
    """Return the stations of this agency that are open; a room is supervised with the station above it."""
    listed = directory.stations(tenant=current_slug())
    return [station for station in listed if station.closed_on is None and station.level != "room"]


def members(slug: str) -> list[User]:
    """Return an agency's members, by name."""
    rows = Membership.objects.filter(tenant__slug=slug, is_active=True).select_related("user")
    return sorted((row.user for row in rows), key=lambda user: (user.get_full_name(), user.pk))


def among(people: Sequence[User], names: Sequence[str]) -> list[User] | None:
    """Return those of `people` that are named by ref or username, or None if one of them is a stranger."""
    known = {name: person for person in people for name in (person.ref, person.username)}
    if any(name not in known for name in names):
        return None
    return list({known[name].pk: known[name] for name in names}.values())


def require_cancel(request: HttpRequest, booking: Booking) -> None:
    """Let a cancelling go on, or stop it.

    :raises PermissionDenied: (403) if the booking is a colleague's and the person heads nothing.
    """
    if not may_cancel(request, booking):
        raise PermissionDenied


def person(request: HttpRequest) -> User:
    """Return the signed-in person."""
    assert isinstance(request.user, User)
    return request.user
