"""Let go of what a grant holds: the reserved money, the limits it counts against, the public notice."""

from decimal import Decimal

from accounts.models import User
from common import clock
from disclosure import door as disclosure
from services.funds.books import chart
from services.grants.guards import limits
from services.grants.models import Application
from services.grants.workflow import RESERVED
from tenants.running import current_slug


def source(application: Application) -> str:
    """Return how entries and notices of the public name an application."""
    return f"grants.application:{application.ref}"


def notice_source(application: Application) -> str:
    """Return how the public notice of this round names itself."""
    return f"{source(application)}:{application.round}"


def held_claims(application: Application, *, lock: bool = False) -> list[limits.Claim]:
    """Return the limits this grant was taken from: those of the year of its decision."""
    year = application.cap_year if application.cap_year is not None else clock.today().year
    worth = application.assessed or Decimal(0)
    return limits.claims(application.need, application.fund, year=year, worth=worth, lock=lock)


def release(application: Application, *, by: User | None) -> None:
    """Give back what a grant that is not paid holds. One that holds nothing changes nothing; the caller saves.

    The application's row is locked by the caller.
    """
    if application.awarded is None or application.state not in RESERVED:
        return
    limits.give_back(held_claims(application, lock=True), application.awarded)
    chart.release_reservation(
        fund=application.fund, purpose=application.purpose, amount=application.awarded, by=by,
        origin=chart.PostingRef(
            key=f"release:{application.ref}:{application.round}", source=source(application), on=clock.today(),
            memo=application.number,
        ),
    )  # fmt: skip
    disclosure.end_notice(tenant=current_slug(), source=notice_source(application), withdrawn=True)
    application.awarded = None
