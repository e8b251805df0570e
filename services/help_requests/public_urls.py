from django.urls import path

from services.help_requests import public_views

app_name = "helping"
urlpatterns = [
    path("<str:station>/help/", public_views.ask, name="ask"),
    path("<str:station>/help/<slug:ref>/", public_views.follow, name="follow"),
]
