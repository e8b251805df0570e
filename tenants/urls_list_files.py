"""Long lists as files, on both hosts."""

from django.urls import path

from tenants import views_list_files

app_name = "files"
urlpatterns = [
    path("", views_list_files.files, name="list"),
    path("ask/", views_list_files.ask, name="ask"),
    path("<slug:ref>/", views_list_files.file, name="file"),
    path("<slug:ref>/download/", views_list_files.download, name="download"),
]
