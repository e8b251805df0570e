"""Beside allauth's own pages below /accounts/."""

from django.urls import path

from recovery import views

app_name = "recovery"
urlpatterns = [
    path("forgotten/", views.forgotten, name="forgotten"),
    path("forgotten/sent/", views.asked, name="asked"),
    path("recover/<slug:ref>/<slug:token>/", views.choose, name="choose"),
    path("mail/", views.mail, name="mail"),
    path("mail/code/", views.mail_code, name="mail-code"),
]
