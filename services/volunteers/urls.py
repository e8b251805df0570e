from django.urls import path

from services.volunteers import views

app_name = "volunteers"
urlpatterns = [
    path("", views.volunteers, name="list"),
    path("new/", views.new, name="new"),
    path("teams/new/", views.new_team, name="new_team"),
    path("hours/", views.hours, name="hours"),
    path("hours/verify/", views.verify_many, name="verify_many"),
    path("hours/<slug:ref>/verify/", views.verify, name="verify"),
    path("hours/<slug:ref>/refuse/", views.refuse, name="refuse"),
    path("<slug:ref>/", views.volunteer, name="volunteer"),
    path("<slug:ref>/training/", views.training, name="training"),
    path("<slug:ref>/hours/", views.record_hours, name="record_hours"),
    path("<slug:ref>/leave/", views.leave, name="leave"),
]
