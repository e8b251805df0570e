from django.urls import path

from services.clients import views

app_name = "clients"
urlpatterns = [
    path("", views.clients, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:ref>/", views.client, name="client"),
    path("<slug:ref>/change/", views.change, name="change"),
    path("<slug:ref>/reveal/<str:field>/", views.reveal, name="reveal"),
    path("<slug:ref>/category/", views.category, name="category"),
    path("<slug:ref>/categories/<slug:category_ref>/end/", views.end_category, name="end_category"),
    path("<slug:ref>/restrict/", views.restrict, name="restrict"),
    path("<slug:ref>/close/", views.close, name="close"),
    path("<slug:ref>/reopen/", views.reopen, name="reopen"),
]
