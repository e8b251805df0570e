from django.urls import path

from services.leaving import views

app_name = "leaving"
urlpatterns = [
    path("", views.exports, name="exports"),
    path("new/", views.ask, name="ask"),
    path("<slug:ref>/", views.export, name="export"),
    path("<slug:ref>/file/", views.download, name="download"),
]
