from django.urls import path

from programmes import api

urlpatterns = [
    path("programmes/", api.Programmes.as_view(), name="api-programmes"),
    path("programmes/<str:key>/", api.OneProgramme.as_view(), name="api-programme"),
]
