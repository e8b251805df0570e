from django.urls import path

from services.network import views

app_name = "network"
urlpatterns = [
    path("", views.stations, name="stations"),
    path("open/", views.open_site, name="open"),
    path("<slug:ref>/", views.station, name="station"),
    path("<slug:ref>/change/", views.change_site, name="change"),
    path("<slug:ref>/close/", views.close_site, name="close"),
    path("<slug:ref>/reopen/", views.reopen_site, name="reopen"),
]
