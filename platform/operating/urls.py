from django.urls import path

from operating import views, views_logs, views_organisations, views_people, views_unknown

app_name = "operating"
urlpatterns = [
    path("", views.agencies, name="agencies"),
    path("_/people/", views_people.people, name="people"),
    path("_/people/new/", views_people.give, name="give-role"),
    path("_/people/<slug:ref>/<slug:role>/take/", views_people.take, name="take-role"),
    path("_/logs/", views_logs.log_checks, name="logs"),
    path("_/logs/verify/", views_logs.verify_logs, name="verify-logs"),
    path("_/unknown/", views_unknown.unknown_commits, name="unknown-commits"),
    path("_/unknown/<slug:ref>/", views_unknown.unknown_commit, name="unknown-commit"),
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
