"""Saved filters, on both hosts."""

from django.urls import path

from saved_filters import views

app_name = "filters"
urlpatterns = [
    path("save/", views.save, name="save"),
    path("<slug:ref>/remove/", views.remove, name="remove"),
    path("<slug:ref>/restore/", views.restore, name="restore"),
]
