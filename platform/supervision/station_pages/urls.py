"""Supervision on an agency's host."""

from django.urls import path

from supervision.station_pages import views

app_name = "supervision"
urlpatterns = [
    path("supervision/", views.bookings, name="bookings"),
    path("supervision/clocks/", views.clocks, name="clocks"),
    path("supervision/week/", views.week, name="week"),
    path("supervision/book/", views.book, name="book"),
    path("supervision/bookings/<str:ref>/", views.booking, name="booking"),
    path("supervision/bookings/<str:ref>/cancel/", views.cancel, name="booking-cancel"),
    path("supervision/bookings/<str:ref>/accept/", views.accept, name="booking-accept"),
]
