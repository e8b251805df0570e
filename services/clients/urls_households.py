from django.urls import path

from services.clients import views_households

app_name = "households"
urlpatterns = [
    path("", views_households.households, name="list"),
    path("new/", views_households.new, name="new"),
    path("<slug:ref>/", views_households.household, name="household"),
]
