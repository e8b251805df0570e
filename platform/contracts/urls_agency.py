"""Contract pages of an agency's host; the names are those of the shared host, so that templates serve both."""

from django.urls import path

from contracts import views_agency

app_name = "contracts"
urlpatterns = [
    path("", views_agency.own, name="own"),
    path("<str:ref>/", views_agency.scorecard, name="scorecard"),
    path("<str:ref>/<str:code>/", views_agency.evidence, name="evidence"),
]
