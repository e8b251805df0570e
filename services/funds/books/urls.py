from django.urls import path

from services.funds.books import views

urlpatterns = [
    path("<slug:ref>/ledger/", views.ledger, name="ledger"),
    path("<slug:ref>/ledger/trial/", views.trial_balance, name="trial_balance"),
    path("<slug:ref>/ledger/journal/", views.journal, name="journal"),
    path("<slug:ref>/ledger/close/", views.close_year, name="close_year"),
    path("<slug:ref>/ledger/checks/", views.checks, name="checks"),
    path("<slug:ref>/ledger/check/", views.check_now, name="check_now"),
    path("<slug:ref>/ledger/entries/<slug:entry_ref>/", views.entry, name="entry"),
    path("<slug:ref>/ledger/entries/<slug:entry_ref>/reverse/", views.reverse_entry, name="reverse_entry"),
]
