"""The payer's pages on the shared host: a bureau's, for its officers."""

from accounts.permissions import Permission
from billing.payer_pages.urls import pages

app_name = "billing"
urlpatterns = pages(Permission.CONTRACT_MANAGE)
