"""What Stripe's side looks like to us: plain values. Amounts are Decimal yuan, moments aware datetimes in UTC.

`Gateway…` are its two ways of saying no: a refusal that somebody can act upon, and a silence that passes.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from common.refusals import Refused


class GatewayRefused(Refused):
    """Stripe answered no. `.code` is Stripe's own word for it (decline code before error code), '' if it gave none."""

    def __init__(self, reasons: Sequence[str] | str, code: str = "") -> None:
        super().__init__(reasons)
        self.code = code


class NotThere(GatewayRefused):
    """Stripe knows no such object."""


class GatewayDown(Refused):
    """Stripe did not answer, was overloaded or broken: nothing is known, trying again is right."""

    status = 503

    def __init__(self, reasons: Sequence[str] | str = "") -> None:
        super().__init__(reasons or _("支付平台暂时没有响应，没有扣款。请稍后再试。"))


class NoGateway(Refused):
    """This deployment has no Stripe keys: bills are paid by bank transfer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("这里没有开通在线支付，请按账单上的账户转账。"))


class Forged(Exception):
    """A webhook that Stripe did not write for us. `.reason`: signature, ancient, account, mode or shape."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class RemoteSubscription:
    """`status` is Stripe's: incomplete, incomplete_expired, trialing, active, past_due, canceled, unpaid, paused."""

    id: str
    customer: str
    status: str
    plan: str
    interval: str
    stations: int
    seats: int
    created_at: dt.datetime
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    trial_ends_at: dt.datetime | None
    ends_with_period: bool
    ended_at: dt.datetime | None
    latest_bill: str
    station_price: Decimal = Decimal(0)
    seat_price: Decimal = Decimal(0)
    end_reason: str = ""  # cancellation_requested, payment_failed or payment_disputed
    account: str = ""  # our own account's ref, from the metadata
    coupon: str = ""


@dataclass(frozen=True)
class RemoteLine:
    """A line of an invoice; `plan` and `unit` (station, seat) are '' for what is none of our plans."""

    words: str
    plan: str
    unit: str
    quantity: int
    amount: Decimal
    is_change: bool


@dataclass(frozen=True)
class RemoteBill:
    """An invoice. `status`: draft, open, paid, void or uncollectible. `total` less credit is `paid` + `remaining`."""

    id: str
    number: str
    customer: str
    subscription: str
    status: str
    total: Decimal
    paid: Decimal
    remaining: Decimal
    attempts: int
    reason: str
    created_at: dt.datetime
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    due_at: dt.datetime | None
    paid_at: dt.datetime | None
    next_attempt_at: dt.datetime | None
    page: str = ""
    pdf: str = ""
    off: Decimal = Decimal(0)  # what coupons took off
    lines: tuple[RemoteLine, ...] = ()


@dataclass(frozen=True)
class RemotePayment:
    """A charge. `bill` is Stripe's invoice it paid ('' for none), `own_bill` the ref of a bill of ours."""

    id: str
    customer: str
    succeeded: bool
    amount: Decimal
    refunded: Decimal
    movement: str
    at: dt.datetime
    bill: str = ""
    own_bill: str = ""
    decline: str = ""
    method: str = ""


@dataclass(frozen=True)
class RemoteMovement:
    """What moved on our balance at Stripe: signed yuan as the payer paid it, before Stripe's own fee.

    `payment` is the charge it is, or gives back; `customer` is '' where only the charge knows it.
    """

    id: str
    kind: str
    source: str
    payment: str
    customer: str
    amount: Decimal
    at: dt.datetime


@dataclass(frozen=True)
class RemoteRefund:
    id: str
    payment: str
    amount: Decimal
    status: str
    movement: str


@dataclass(frozen=True)
class RemoteSession:
    """A visit to Checkout. `status`: open, complete or expired; `payment_status`: paid, unpaid, no_payment_required."""

    id: str
    url: str
    mode: str
    status: str
    payment_status: str
    customer: str
    subscription: str
    account: str
    own_bill: str = ""
    payment: str = ""  # the charge of a payment that was made


@dataclass(frozen=True)
class RemoteEvent:
    """What an event points at. Its content beyond that is never believed: the object is fetched."""

    id: str
    kind: str
    created_at: dt.datetime
    object_id: str
    object_kind: str
    customer: str = ""


@dataclass(frozen=True)
class RemoteCoupon:
    """`code` is what a customer types; `percent` or `amount` off, for `months` (None: always, 0: once)."""

    code: str
    id: str
    percent: Decimal | None
    amount: Decimal | None
    months: int | None
    is_active: bool


@dataclass(frozen=True)
class Offer:
    """A price as we want it at Stripe: yuan for one station or seat of a plan, by month or year."""

    plan: str
    unit: str
    interval: str
    amount: Decimal
    name: str

    @property
    def key(self) -> str:
        return f"{self.plan}.{self.unit}.{self.interval}"


@dataclass(frozen=True)
class Payer:
    """Who pays, as Stripe is told: the organisation and where its bills go. Never a client, never a worker."""

    account: str
    name: str
    email: str
    credit_code: str = ""


@dataclass(frozen=True)
class Wanted:
    """A subscription as an agency chose it on our page. `once` names that filling-in of the form."""

    plan: str
    interval: str
    stations: int
    seats: int
    once: str
    trial_until: dt.datetime | None = None
    code: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
