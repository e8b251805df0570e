"""Agencies to be confirmed, on the shared host."""

from django.urls import path

from enrolment.register import views

app_name = "register"
urlpatterns = [
    path("", views.agencies, name="list"),
    path("<slug:slug>/", views.agency, name="agency"),
    path("<slug:slug>/confirm/", views.confirm, name="confirm"),
    path("<slug:slug>/withdraw/", views.withdraw, name="withdraw"),
]
