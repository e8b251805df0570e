"""Invitations to colleagues, and the page their links lead to."""

from django.urls import path

from services.people.invitations import views

app_name = "joining"
urlpatterns = [
    path("members/invitations/", views.invitations, name="list"),
    path("members/invitations/new/", views.new, name="new"),
    path("members/invitations/template/", views.template, name="template"),
    path("members/invitations/<slug:ref>/", views.invitation, name="invitation"),
    path("members/invitations/<slug:ref>/send-again/", views.send_again, name="send_again"),
    path("members/invitations/<slug:ref>/take-back/", views.take_back, name="take_back"),
    path("members/invitations/<slug:ref>/offer-again/", views.offer_again, name="offer_again"),
    path("welcome/<slug:token>/", views.join, name="join"),
]
