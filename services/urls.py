from django.urls import include, path

from services.people.views import me
from services.start.views import home

urlpatterns = [path("", home, name="home"), path("me/", me, name="me"), path("start/", include("services.start.urls"))]
