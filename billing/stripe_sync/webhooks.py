"""Stripe's letters at the door: proven on the raw body, written down once, answered at once, worked off afterwards."""

import logging
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from audit import log
from billing import tasks
from billing.gateway import client as gateway
from billing.gateway.values import Forged
from billing.stripe_sync import events
from common.programs.problems import plain_problem

LARGEST: Final = 512 * 1024
ALERT_SECONDS: Final = 3600
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Webhook:
    """What the audit's line is about."""

    ref: str = "stripe"


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Take a letter of Stripe's: 200 for every true one however often it comes, 400 for any other.

    404 where this deployment has no keys. Nothing of a letter is believed but which object it is about.
    """
    if not gateway.is_ready():
        return plain_problem(404)
    try:
        event = gateway.read_event(_body(request), request.headers.get("Stripe-Signature", ""))
    except Forged as refusal:
        alert(refusal.reason)
        return plain_problem(400)
    with transaction.atomic():
        for event_id in events.keep([event]):
            transaction.on_commit(partial(tasks.work_off.delay, event=event_id), robust=True)
    return JsonResponse({"received": True})


def _body(request: HttpRequest) -> bytes:
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            raise Forged("size")
        return request.body
    except (RawPostDataException, UnreadablePostError, ValueError) as error:
        raise Forged("shape") from error


def alert(reason: str) -> None:
    """Say that a letter was refused: one line in the log and one in the audit for each reason and hour."""
    if cache.add(f"billing-webhook-refused-{reason}", 1, ALERT_SECONDS):
        logger.error("a webhook was refused: %s", reason)
        log.write("billing.webhook.refused", on=Webhook(), by=None, reason=reason)
