from django.urls import path

from tenants import views_members

app_name = "members"
urlpatterns = [
    path("", views_members.members, name="list"),
    path("new/", views_members.new, name="new"),
    path("<slug:ref>/", views_members.change, name="change"),
    path("<slug:ref>/close/", views_members.close, name="close"),
    path("<slug:ref>/reopen/", views_members.reopen, name="reopen"),
]
