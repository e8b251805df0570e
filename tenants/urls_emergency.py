from django.urls import path

from tenants import views_emergency

app_name = "platform-access"
urlpatterns = [
    path("", views_emergency.accesses, name="list"),
    path("<slug:ref>/", views_emergency.access, name="access"),
    path("<slug:ref>/end/", views_emergency.end, name="end"),
]
