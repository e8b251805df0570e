from django.urls import path

from tenants import views_deletion, views_operator

app_name = "tenants"
urlpatterns = [
    path("open/", views_operator.open_agency, name="open"),
    path("<slug:slug>/suspend/", views_operator.suspend, name="suspend"),
    path("<slug:slug>/restore/", views_operator.restore, name="restore"),
    path("<slug:slug>/ask-to-delete/", views_deletion.ask_to_delete, name="ask_to_delete"),
    path("<slug:slug>/propose-deletion/", views_deletion.propose, name="propose_deletion"),
    path("<slug:slug>/confirm-deletion/", views_deletion.confirm, name="confirm_deletion"),
]
