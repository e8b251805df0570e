"""A purchaser's invitations, on the shared host."""

from django.urls import path

from enrolment.invitations import views

app_name = "invitations"
urlpatterns = [
    path("", views.invitations, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:ref>/", views.invitation, name="invitation"),
    path("<slug:ref>/send-again/", views.send_again, name="send_again"),
    path("<slug:ref>/take-back/", views.take_back, name="take_back"),
    path("<slug:ref>/offer-again/", views.offer_again, name="offer_again"),
]
