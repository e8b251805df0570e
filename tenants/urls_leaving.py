from django.urls import path

from tenants import views_leaving

app_name = "leave"
urlpatterns = [
    path("", views_leaving.page, name="page"),
    path("cancel/", views_leaving.cancel, name="cancel"),
]
