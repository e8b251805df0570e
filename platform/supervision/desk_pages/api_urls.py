"""Supervision's API on the shared host."""

from django.urls import path

from supervision.desk_pages import api

urlpatterns = [
    path("supervision/availability/", api.Availabilities.as_view(), name="api-availability"),
    path("supervision/availability/<str:ref>/", api.AvailabilityDetail.as_view(), name="api-availability-detail"),
    path("supervision/sessions/", api.Sessions.as_view(), name="api-sessions"),
    path("supervision/sessions/<str:ref>/complete/", api.SessionComplete.as_view(), name="api-session-complete"),
]
