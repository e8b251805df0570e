"""The payer's pages: an agency's own (director, finance) and a bureau's (officers who hold contracts)."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accounts.access import allow
from accounts.permissions import Permission
from billing import views

app_name = "billing"
PAGES: tuple[tuple[str, Callable[..., HttpResponseBase], str], ...] = (
    ("", views.plan, "plan"),
    ("choose/", views.choose, "choose"),
    ("cancel/", views.cancel, "cancel"),
    ("resume/", views.resume, "resume"),
    ("invoice-data/", views.invoice_data, "invoice-data"),
    ("bills/<slug:ref>/", views.bill, "bill"),
)


def pages(permission: Permission) -> list[URLPattern]:
    """Return the pages, each open to who has the permission."""
    return [path(route, allow(permission)(view), name=name) for route, view, name in PAGES]


urlpatterns = pages(Permission.PLAN_MANAGE)
