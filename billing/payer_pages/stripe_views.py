"""Going to Stripe's pages and coming back. What stands there is asked of Stripe; the address is not believed."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from billing import access
from billing.gateway import client as gateway
from billing.gateway.values import NotThere, RemoteSession
from billing.stripe_sync import checkout
from common.pages.acts import act
from common.refusals import Refused

STRIPES_PAGES: Final = ("https://checkout.stripe.com", "https://billing.stripe.com", "https://invoice.stripe.com")
VISIT: Final = "{CHECKOUT_SESSION_ID}"


def leads_to_stripe(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let the forms of this page, and of no other, lead to Stripe's pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if gateway.is_ready():
            response._csp_update = {"form-action": [*_pages()]}  # type: ignore[attr-defined]  # read by django-csp
        return response

    return guarded


def _pages() -> tuple[str, ...]:
    if not settings.STRIPE_API_BASE:
        return STRIPES_PAGES
    parts = urlsplit(settings.STRIPE_API_BASE)
    return (f"{parts.scheme}://{parts.netloc}",)


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Show what became of a visit to Checkout."""
    account = access.own_account(request)
    visit, problem = None, ""
    # A look, not an act: where Stripe does not answer, the page says that it is not known yet.
    try:
        visit = checkout.came_back(account, request.GET.get("session", "")[:200])
    except NotThere as refusal:
        raise Http404 from refusal
    except Refused as refusal:
        problem = "；".join(refusal.reasons)
    return render(request, "billing/back.html", {"visit": visit, "problem": problem, "title": _title(visit)})


def _title(visit: RemoteSession | None) -> str:
    if visit is None:
        return _("暂时查不到付款结果")
    if visit.status == "open":
        return _("还没有付款")
    if visit.status == "expired":
        return _("这次付款已经过期")
    if visit.payment_status == "unpaid":
        return _("付款正在处理")
    return _("付款成功") if visit.payment_status == "paid" else _("银行卡已登记")


@act(back="billing:plan")
def portal(request: MemberRequest) -> HttpResponse:
    """Lead to Stripe's pages of the payer's cards and receipts."""
    return redirect(checkout.portal(access.own_account(request), _absolute(request, "billing:plan")))


@act(back="billing:bill")
def pay(request: MemberRequest, ref: str) -> HttpResponse:
    """Lead to where one open bill is paid online."""
    bill = access.own_bill(request, ref)
    away = request.build_absolute_uri(reverse("billing:bill", args=[bill.ref]))
    url = checkout.pay(bill=bill, once=once(request), back=came_back(request), away=away, by=request.user)
    return redirect(url)


def came_back(request: HttpRequest) -> str:
    """Return the address at which a payer comes back; Stripe fills in which visit it was."""
    return f"{_absolute(request, 'billing:back')}?session={VISIT}"


def _absolute(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name))


def once(request: HttpRequest) -> str:
    """Return the name of this filling-in of the form; a form without one is taken as new."""
    try:
        return str(uuid.UUID(request.POST.get("once", "")))
    except ValueError:
        return str(uuid.uuid4())
