"""Programme pages of the shared host, open to anybody."""

from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.programme_list, name="list"),
    path("<str:key>/", views.programme, name="programme"),
]
