from django.urls import path

from services.volunteers import views, views_hours

app_name = "volunteers"
urlpatterns = [
    path("", views.volunteers, name="list"),
    path("new/", views.new, name="new"),
    path("teams/new/", views.new_team, name="new_team"),
    path("hours/", views_hours.hours, name="hours"),
    path("hours/verify/", views_hours.verify_many, name="verify_many"),
    path("hours/<slug:ref>/verify/", views_hours.verify, name="verify"),
    path("hours/<slug:ref>/refuse/", views_hours.refuse, name="refuse"),
    path("<slug:ref>/", views.volunteer, name="volunteer"),
    path("<slug:ref>/training/", views.training, name="training"),
    path("<slug:ref>/hours/", views.record_hours, name="record_hours"),
    path("<slug:ref>/leave/", views.leave, name="leave"),
]
