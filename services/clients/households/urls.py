from django.urls import path

from services.clients.households import views

app_name = "households"
urlpatterns = [
    path("", views.households, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:ref>/", views.household, name="household"),
]
