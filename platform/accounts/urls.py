"""Sign-in, second factor, language: allauth's pages under our templates."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
