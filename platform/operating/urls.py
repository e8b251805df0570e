from django.urls import path

from operating import views, views_organisations
from operating.checks import unknown_views
from operating.checks import views as check_views
from operating.people import views as people_views

app_name = "operating"
urlpatterns = [
    path("", views.agencies, name="agencies"),
    path("_/people/", people_views.people, name="people"),
    path("_/people/new/", people_views.give, name="give-role"),
    path("_/people/<slug:ref>/<slug:role>/take/", people_views.take, name="take-role"),
    path("_/logs/", check_views.log_checks, name="logs"),
    path("_/logs/verify/", check_views.verify_logs, name="verify-logs"),
    path("_/unknown/", unknown_views.unknown_commits, name="unknown-commits"),
    path("_/unknown/<slug:ref>/", unknown_views.unknown_commit, name="unknown-commit"),
    path("_/organisations/", views_organisations.organisations, name="organisations"),
    path("_/organisations/new/", views_organisations.new, name="organisation-new"),
    path("_/organisations/<slug:ref>/", views_organisations.correct, name="organisation"),
    path("_/organisations/<slug:ref>/close/", views_organisations.close, name="organisation-close"),
    path("_/organisations/<slug:ref>/reopen/", views_organisations.reopen, name="organisation-reopen"),
    path("_/emergencies/", views.emergencies, name="emergencies"),
    path("_/emergencies/<slug:ref>/approve/", views.approve_emergency, name="approve-emergency"),
    path("_/emergencies/<slug:ref>/refuse/", views.refuse_emergency, name="refuse-emergency"),
    path("_/emergencies/<slug:ref>/end/", views.end_emergency, name="end-emergency"),
    path("<slug:slug>/", views.agency, name="agency"),
    path("<slug:slug>/check/", views.check, name="check"),
    path("<slug:slug>/emergency/", views.ask_emergency, name="ask-emergency"),
]
