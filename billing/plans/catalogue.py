"""The plans on offer, read as data (plans.toml, or the file PLANS_FILE names)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.refusals import Refused

OWN: Final = Path(__file__).parents[1] / "plans.toml"
PRICES: Final = ("station_month", "station_year", "seat_month", "seat_year")
INTERVALS: Final = ("month", "year")


class NoSuchPlan(Refused):
    """No plan of this code is on offer."""


class BadPlans(RuntimeError):
    """The file of plans cannot be used; the message names the plan and what is wrong with it."""


@dataclass(frozen=True)
class Plan:
    """Prices in yuan of one active station and of one seat, per month and per year. `max_stations` None: no limit."""

    code: str
    names: tuple[str, str]
    abouts: tuple[str, str]
    station_month: Decimal
    station_year: Decimal
    seat_month: Decimal
    seat_year: Decimal
    max_stations: int | None
    trial_days: int

    @property
    def name(self) -> str:
        return self.names[_is_english()]

    @property
    def about(self) -> str:
        return self.abouts[_is_english()]

    def station_price(self, interval: str) -> Decimal:
        return self.station_month if interval == "month" else self.station_year

    def seat_price(self, interval: str) -> Decimal:
        return self.seat_month if interval == "month" else self.seat_year


def offered() -> tuple[Plan, ...]:
    """Return the plans on offer, in the file's order."""
    return _read(Path(settings.PLANS_FILE) if settings.PLANS_FILE else OWN)


def plan(code: str) -> Plan:
    """Return the plan on offer under this code.

    :raises NoSuchPlan: if there is none, or none any more.
    """
    for each in offered():
        if each.code == code:
            return each
    raise NoSuchPlan(_("这个套餐已不再提供，请选择其他套餐。"))


def name_of(code: str) -> str:
    """Return a plan's name, or its code once it is no longer on offer."""
    return next((each.name for each in offered() if each.code == code), code)


@lru_cache(maxsize=4)
def _read(file: Path) -> tuple[Plan, ...]:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["plan"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise BadPlans(f"{file.name}: {error}") from error
    plans = tuple(_plan(row) for row in rows)
    if len({each.code for each in plans}) < len(plans):
        raise BadPlans(f"{file.name}: two plans share a code")
    return plans


def _plan(row: Mapping[str, Any]) -> Plan:
    code = str(row.get("code", "?"))
    try:
        prices = {name: Decimal(str(row[name])) for name in PRICES}
        made = Plan(
            code=code,
            names=(row["name"], row["name_en"]),
            abouts=(row.get("about", ""), row.get("about_en", "")),
            max_stations=row.get("max_stations"),
            trial_days=int(row["trial_days"]),
            **prices,
        )
    except (KeyError, ValueError, InvalidOperation) as error:
        raise BadPlans(f"plan {code}: {error!r}") from error
    if any(price < 0 or price != price.quantize(Decimal("0.01")) for price in prices.values()):
        raise BadPlans(f"plan {code}: a price is below nothing or has a third decimal")
    if made.trial_days < 0 or (made.max_stations is not None and made.max_stations < 1):
        raise BadPlans(f"plan {code}: days of trial or number of stations")
    return made


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
