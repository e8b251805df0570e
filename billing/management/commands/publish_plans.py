"""Make the plans on offer known to Stripe: products and prices. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from billing.gateway import client as gateway
from billing.gateway import prices as gateway_prices
from billing.gateway.values import Offer
from billing.plans import catalogue as plans
from common.refusals import Refused
from tenants.running import on_shared_floor

WORDS = {"station": "站点", "seat": "席位"}


def offers() -> list[Offer]:
    """Return what each plan costs by unit and interval."""
    return [
        Offer(plan.code, unit, interval, getattr(plan, f"{unit}_{interval}"), f"{plan.names[0]} {WORDS[unit]}")
        for plan in plans.offered()
        for unit in gateway_prices.UNITS
        for interval in plans.INTERVALS
    ]


class Command(BaseCommand):
    help = "Makes the plans on offer known to Stripe. A changed price is a new one there; who subscribed keeps the old."

    @on_shared_floor
    def handle(self, *args: Any, **options: Any) -> None:
        if not gateway.is_ready():
            raise CommandError("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET are not set.")
        with translation.override("zh-hans"):
            try:
                prices = gateway_prices.publish(offers())
                gateway_prices.ensure_meter()
            except Refused as refusal:
                raise CommandError("; ".join(refusal.reasons)) from refusal
        for key, price in prices.items():
            self.stdout.write(f"{key} {price}")
