"""The pages of funds: the fund itself, what comes in, its books, its bank, what it publishes."""

from django.urls import include, path

app_name = "funds"
urlpatterns = [
    path("", include("services.funds.urls_reports")),
    path("", include("services.funds.urls_income")),
    path("", include("services.funds.urls_books")),
]
