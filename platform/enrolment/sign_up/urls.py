"""Signing up: pages of the shared host for anybody."""

from django.urls import path

from enrolment.invitations import invited_views
from enrolment.sign_up import views

app_name = "join"
urlpatterns = [
    path("", views.start, name="start"),
    path("places/", views.places, name="places"),
    path("host-name/", views.look, name="host-name"),
    path("invited/<slug:token>/", invited_views.invited, name="invited"),
    path("invited/<slug:token>/new/", invited_views.sign_up, name="sign-up"),
    path("<slug:ref>/", views.progress, name="progress"),
    path("<slug:ref>/code/", views.code, name="code"),
    path("<slug:ref>/code/again/", views.again, name="again"),
    path("<slug:ref>/names/", views.names, name="names"),
    path("<slug:ref>/plan/", views.plan, name="plan"),
]
