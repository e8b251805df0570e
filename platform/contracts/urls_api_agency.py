"""The API of an agency's host about its own contracts."""

from django.urls import path

from contracts import api_agency

urlpatterns = [path("scorecards/", api_agency.Scorecards.as_view(), name="api-scorecards")]
