from django.urls import path

from tenants.departure import views

app_name = "leave"
urlpatterns = [
    path("", views.page, name="page"),
    path("cancel/", views.cancel, name="cancel"),
]
