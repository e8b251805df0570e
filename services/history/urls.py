from django.urls import path

from services.history import views

app_name = "history"
urlpatterns = [
    path("<slug:ref>/history/", views.station, name="station"),
    path("<slug:ref>/history/verify/", views.verify_station, name="verify"),
]
