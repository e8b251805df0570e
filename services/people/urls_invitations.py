"""Invitations to colleagues, and the page their links lead to."""

from django.urls import path

from services.people import views_invitations

app_name = "joining"
urlpatterns = [
    path("members/invitations/", views_invitations.invitations, name="list"),
    path("members/invitations/new/", views_invitations.new, name="new"),
    path("members/invitations/template/", views_invitations.template, name="template"),
    path("members/invitations/<slug:ref>/", views_invitations.invitation, name="invitation"),
    path("members/invitations/<slug:ref>/send-again/", views_invitations.send_again, name="send_again"),
    path("members/invitations/<slug:ref>/take-back/", views_invitations.take_back, name="take_back"),
    path("members/invitations/<slug:ref>/offer-again/", views_invitations.offer_again, name="offer_again"),
    path("welcome/<slug:token>/", views_invitations.join, name="join"),
]
