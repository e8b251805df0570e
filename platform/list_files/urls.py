"""Long lists as files, on both hosts."""

from django.urls import path

from list_files import views

app_name = "files"
urlpatterns = [
    path("", views.files, name="list"),
    path("ask/", views.ask, name="ask"),
    path("<slug:ref>/", views.file, name="file"),
    path("<slug:ref>/download/", views.download, name="download"),
]
