"""Contract pages of an agency's host; the names are those of the shared host, so that templates serve both."""

from django.urls import path

from contracts.agency_pages import views
from contracts.appeals import agency_views
from contracts.history import views as history_views
from contracts.marks import agency_views as mark_views
from contracts.publishing import agency_views as sheet_views

app_name = "contracts"
urlpatterns = [
    path("", views.own, name="own"),
    path("appeals/", agency_views.appeals, name="appeals"),
    path("sheets/", sheet_views.sheets, name="own-sheets"),
    path("<str:ref>/", views.scorecard, name="scorecard"),
    path("<str:ref>/changes/", views.changes, name="changes"),
    path("<str:ref>/history/", history_views.own_history, name="history"),
    path("<str:ref>/history/verify/", history_views.own_history_verify, name="history-verify"),
    path("<str:ref>/<str:code>/", views.evidence, name="evidence"),
    path("<str:ref>/proofs/<str:file_ref>/", mark_views.mark_file, name="mark-file"),
    path("<str:ref>/<str:code>/appeal/", agency_views.appeal_make, name="appeal-make"),
    path("<str:ref>/appeals/<str:appeal_ref>/", agency_views.appeal, name="appeal"),
    path("<str:ref>/appeals/<str:appeal_ref>/files/<str:file_ref>/", agency_views.appeal_file, name="appeal-file"),
    path("<str:ref>/sheets/<str:sheet_ref>/", sheet_views.sheet, name="sheet"),
    path("<str:ref>/sheets/<str:sheet_ref>/file/", sheet_views.file, name="sheet-file"),
    path("<str:ref>/sheets/<str:sheet_ref>/<str:code>/appeal/", agency_views.sheet_appeal, name="sheet-appeal"),
]
