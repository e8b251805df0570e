from django.urls import path

from tenants import views_operator

app_name = "tenants"
urlpatterns = [
    path("", views_operator.tenants, name="list"),
    path("open/", views_operator.open_agency, name="open"),
    path("<slug:slug>/", views_operator.tenant, name="tenant"),
    path("<slug:slug>/suspend/", views_operator.suspend, name="suspend"),
    path("<slug:slug>/restore/", views_operator.restore, name="restore"),
    path("<slug:slug>/ask-to-delete/", views_operator.ask_to_delete, name="ask_to_delete"),
    path("<slug:slug>/delete/", views_operator.delete, name="delete"),
]
