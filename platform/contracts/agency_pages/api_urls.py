"""The API of an agency's host about its own contracts."""

from django.urls import path

from contracts.agency_pages import api

urlpatterns = [path("scorecards/", api.Scorecards.as_view(), name="api-scorecards")]
