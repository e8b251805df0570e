"""Accepting a purchaser's invitation, on an agency's own host."""

from django.urls import path

from enrolment.invitations import invited_views

app_name = "accepting"
urlpatterns = [path("<slug:token>/", invited_views.accept, name="accept")]
