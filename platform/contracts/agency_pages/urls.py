"""Contract pages of an agency's host; the names are those of the shared host, so that templates serve both."""

from django.urls import path

from contracts.agency_pages import views
from contracts.appeals import agency_views
from contracts.history import views as history_views
from contracts.marks import agency_views as mark_views

app_name = "contracts"
urlpatterns = [
    path("", views.own, name="own"),
    path("appeals/", agency_views.appeals, name="appeals"),
    path("<str:ref>/", views.scorecard, name="scorecard"),
    path("<str:ref>/changes/", views.changes, name="changes"),
    path("<str:ref>/history/", history_views.own_history, name="history"),
    path("<str:ref>/history/verify/", history_views.own_history_verify, name="history-verify"),
    path("<str:ref>/<str:code>/", views.evidence, name="evidence"),
    path("<str:ref>/proofs/<str:file_ref>/", mark_views.mark_file, name="mark-file"),
    path("<str:ref>/<str:code>/appeal/", agency_views.appeal_make, name="appeal-make"),
    path("<str:ref>/appeals/<str:appeal_ref>/", agency_views.appeal, name="appeal"),
]
