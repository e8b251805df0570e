"""Beside allauth's own pages below /accounts/."""

from django.urls import path

from recovery import views, views_sign_ins

app_name = "recovery"
urlpatterns = [
    path("forgotten/", views.forgotten, name="forgotten"),
    path("forgotten/sent/", views.asked, name="asked"),
    path("recover/<slug:ref>/<slug:token>/", views.choose, name="choose"),
    path("sign-ins/", views_sign_ins.sign_ins_page, name="sign-ins"),
    path("sign-ins/end-others/", views_sign_ins.end_others, name="end-others"),
    path("sign-ins/<slug:ref>/end/", views_sign_ins.end_sign_in, name="end-sign-in"),
    path("sign-ins/tokens/<slug:mark>/end/", views_sign_ins.end_token, name="end-token"),
    path("mail/", views.mail, name="mail"),
    path("mail/code/", views.mail_code, name="mail-code"),
]
