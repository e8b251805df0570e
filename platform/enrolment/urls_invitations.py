"""A bureau's invitations, on the shared host."""

from django.urls import path

from enrolment import views_invitations

app_name = "invitations"
urlpatterns = [
    path("", views_invitations.invitations, name="list"),
    path("new/", views_invitations.new, name="new"),
    path("<slug:ref>/", views_invitations.invitation, name="invitation"),
    path("<slug:ref>/send-again/", views_invitations.send_again, name="send_again"),
    path("<slug:ref>/take-back/", views_invitations.take_back, name="take_back"),
    path("<slug:ref>/offer-again/", views_invitations.offer_again, name="offer_again"),
]
