from django.urls import path

from services.people.views import me
from services.records.views_today import home

urlpatterns = [path("", home, name="home"), path("me/", me, name="me")]
