"""The pages of funds: the fund itself, what comes in, its books, its bank, what it publishes."""

from django.urls import include, path

app_name = "funds"
urlpatterns = [
    path("", include("services.funds.reports.urls")),
    path("", include("services.funds.donations.urls")),
    path("", include("services.funds.books.urls")),
]
