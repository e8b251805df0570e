"""Who is told of a booking: the supervisor on the shared host, whoever booked in the agency."""

from accounts.models import User
from notifications import door as notifications
from supervision.models import Booking
from supervision.words import State


def told_supervisor(kind: str, booking: Booking, by: User | None) -> None:
    """Tell the supervisor of what the agency did."""
    notifications.tell_shared(
        kind=kind, to=[booking.supervisor.user], about=_about(booking), args=[booking.ref], by=by,
        station=booking.station_name, moment=booking.during.lower,
    )  # fmt: skip


def told_agency(kind: str, booking: Booking, by: User | None) -> None:
    """Tell whoever booked of what the supervisor did; of a proposal, the time that is proposed."""
    when = booking.proposed if kind == "booking.proposed" else booking.during
    notifications.tell_agency(
        kind=kind, agency=booking.tenant, to=[booking.booked_by], about=_about(booking), args=[booking.ref], by=by,
        station=booking.station_name, moment=when.lower,
    )  # fmt: skip


def told_expired() -> int:
    """Tell both sides of requests that nobody answered in time; return how many requests.

    A request may expire while another agency books (`book`), and nobody writes into an agency from another one: so the
    row says that it is still to be told, and the clock tells it from the shared floor.
    """
    untold = Booking.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=State.EXPIRED, is_end_told=False
    )
    rows = list(untold.select_related("supervisor__user", "booked_by"))
    for booking in rows:
        told_supervisor("booking.expired", booking, None)
        told_agency("booking.expired", booking, None)
    Booking.objects.filter(pk__in=[booking.pk for booking in rows]).update(is_end_told=True)
    return len(rows)


def _about(booking: Booking) -> str:
    return f"supervision.booking:{booking.ref}"
