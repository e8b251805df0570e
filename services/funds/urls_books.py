from django.urls import path

from services.funds import views_books

urlpatterns = [
    path("<slug:ref>/ledger/", views_books.ledger, name="ledger"),
    path("<slug:ref>/ledger/trial/", views_books.trial_balance, name="trial_balance"),
    path("<slug:ref>/ledger/journal/", views_books.journal, name="journal"),
    path("<slug:ref>/ledger/close/", views_books.close_year, name="close_year"),
    path("<slug:ref>/ledger/checks/", views_books.checks, name="checks"),
    path("<slug:ref>/ledger/check/", views_books.check_now, name="check_now"),
    path("<slug:ref>/ledger/entries/<slug:entry>/", views_books.entry, name="entry"),
    path("<slug:ref>/ledger/entries/<slug:entry>/reverse/", views_books.reverse_entry, name="reverse_entry"),
]
