"""The public pages of the shared host."""

from django.urls import path

from directory import views

urlpatterns = [
    path("", views.home, name="home"),
    path("stations/<str:ref>/", views.station, name="station"),
]
