"""Notifications, on both hosts."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read-all"),
    path("settings/", views.settings, name="settings"),
    path("<slug:ref>/", views.open_one, name="open"),
    path("<slug:ref>/read/", views.read_one, name="read"),
    path("<slug:ref>/unread/", views.put_back, name="unread"),
]
