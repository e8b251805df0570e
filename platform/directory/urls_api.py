from django.urls import path

from directory import api

urlpatterns = [path("regions/", api.Regions.as_view(), name="api-regions")]
