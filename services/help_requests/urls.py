from django.urls import path

from services.help_requests import views

app_name = "helping"
urlpatterns = [
    path("", views.requests, name="list"),
    path("<slug:ref>/", views.request_page, name="request"),
    path("<slug:ref>/take/", views.take, name="take"),
]
