from django.urls import path

from tenants.agencies import views
from tenants.departure import deletion_views

app_name = "tenants"
urlpatterns = [
    path("open/", views.open_agency, name="open"),
    path("<slug:slug>/suspend/", views.suspend, name="suspend"),
    path("<slug:slug>/restore/", views.restore, name="restore"),
    path("<slug:slug>/ask-to-delete/", deletion_views.ask_to_delete, name="ask_to_delete"),
    path("<slug:slug>/propose-deletion/", deletion_views.propose, name="propose_deletion"),
    path("<slug:slug>/confirm-deletion/", deletion_views.confirm, name="confirm_deletion"),
]
