from django.urls import path

from tenants.emergency import views

app_name = "platform-access"
urlpatterns = [
    path("", views.accesses, name="list"),
    path("<slug:ref>/", views.access, name="access"),
    path("<slug:ref>/end/", views.end, name="end"),
]
