"""Contract pages of an agency's host; the names are those of the shared host, so that templates serve both."""

from django.urls import path

from contracts import views_agency, views_appeals_agency

app_name = "contracts"
urlpatterns = [
    path("", views_agency.own, name="own"),
    path("appeals/", views_appeals_agency.appeals, name="appeals"),
    path("<str:ref>/", views_agency.scorecard, name="scorecard"),
    path("<str:ref>/<str:code>/", views_agency.evidence, name="evidence"),
    path("<str:ref>/<str:code>/appeal/", views_appeals_agency.appeal_make, name="appeal-make"),
    path("<str:ref>/appeals/<str:appeal_ref>/", views_appeals_agency.appeal, name="appeal"),
]
