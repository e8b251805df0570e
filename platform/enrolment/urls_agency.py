"""Accepting a bureau's invitation, on an agency's own host."""

from django.urls import path

from enrolment import views_invited

app_name = "accepting"
urlpatterns = [path("<slug:token>/", views_invited.accept, name="accept")]
