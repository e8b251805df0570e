"""Take hold of a booking's row and move it from state to state."""

from collections.abc import Sequence

from accounts.models import User
from audit import log
from supervision import rules
from supervision.models import Attendance, Booking
from supervision.refusals import CannotMove


def locked(booking: Booking) -> Booking:
    """Return the booking as it stands now, held until the transaction ends."""
    rows = Booking.objects.select_for_update(of=("self",)).select_related("supervisor__user", "booked_by")
    return rows.get(pk=booking.pk)


def move(booking: Booking, to: str, by: User) -> Booking:
    """Give the row its new state and log it; the caller saves it.

    :raises CannotMove: if its state does not lead there.
    """
    row = locked(booking)
    if problems := rules.move_problems(row.state, to):
        raise CannotMove(problems)
    log.write(f"supervision.booking.{to}", on=row, by=by, before=row.state)
    row.state = to
    return row


def come(booking: Booking, people: Sequence[User]) -> None:
    """Put down who comes, or came."""
    Attendance.objects.bulk_create(Attendance(booking=booking, user=person) for person in people)
