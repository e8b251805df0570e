"""Supervision's API on an agency's host."""

from django.urls import path

from supervision.station_pages import api

urlpatterns = [
    path("supervision/slots/", api.Slots.as_view(), name="api-slots"),
    path("supervision/bookings/", api.Bookings.as_view(), name="api-bookings"),
    path("supervision/bookings/<str:ref>/cancel/", api.BookingCancel.as_view(), name="api-booking-cancel"),
]
