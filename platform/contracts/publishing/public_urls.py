"""Published scores for anybody, on the shared host."""

from django.urls import path

from contracts.publishing import public_views

app_name = "published"
urlpatterns = [
    path("", public_views.scores, name="list"),
    path("verify/", public_views.verify, name="verify"),
    path("<str:ref>/", public_views.score, name="sheet"),
]
