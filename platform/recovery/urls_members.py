"""A director's page for a member, on an agency's host."""

from django.urls import path

from recovery import views

app_name = "resetting"
urlpatterns = [
    path("<slug:ref>/password/", views.member, name="member"),
    path("<slug:ref>/sign-ins/end/", views.end_sign_ins, name="end-sign-ins"),
]
