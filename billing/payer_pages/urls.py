"""The payer's pages: an agency's own (director, finance) and a bureau's (officers who hold contracts)."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accounts.access import allow
from accounts.permissions import Permission
from billing.payer_pages import stripe_views, views

app_name = "billing"
PAGES: tuple[tuple[str, Callable[..., HttpResponseBase], str], ...] = (
    ("", stripe_views.leads_to_stripe(views.plan), "plan"),
    ("choose/", stripe_views.leads_to_stripe(views.choose), "choose"),
    ("cancel/", views.cancel, "cancel"),
    ("resume/", views.resume, "resume"),
    ("invoice-data/", views.invoice_data, "invoice-data"),
    ("bills/<slug:ref>/", stripe_views.leads_to_stripe(views.bill), "bill"),
    ("bills/<slug:ref>/pay/", stripe_views.pay, "pay"),
    ("checkout/", stripe_views.leads_to_stripe(views.checkout), "checkout"),
    ("back/", stripe_views.back, "back"),
    ("portal/", stripe_views.portal, "portal"),
)


def pages(permission: Permission) -> list[URLPattern]:
    """Return the pages, each open to who has the permission."""
    return [path(route, allow(permission)(view), name=name) for route, view, name in PAGES]


urlpatterns = pages(Permission.PLAN_MANAGE)
