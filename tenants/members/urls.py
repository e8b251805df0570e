from django.urls import path

from tenants.members import views

app_name = "members"
urlpatterns = [
    path("", views.members, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:ref>/", views.change, name="change"),
    path("<slug:ref>/close/", views.close, name="close"),
    path("<slug:ref>/reopen/", views.reopen, name="reopen"),
]
