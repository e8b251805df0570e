"""Saved filters, on both hosts."""

from django.urls import path

from tenants import views_filters

app_name = "filters"
urlpatterns = [
    path("save/", views_filters.save, name="save"),
    path("<slug:ref>/remove/", views_filters.remove, name="remove"),
    path("<slug:ref>/restore/", views_filters.restore, name="restore"),
]
