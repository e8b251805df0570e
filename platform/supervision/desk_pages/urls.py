"""The supervisor's pages on the shared host."""

from django.urls import path

from supervision.desk_pages import session_views, views

app_name = "supervision"
urlpatterns = [
    path("supervision/", views.desk, name="desk"),
    path("supervision/calendar/", views.calendar, name="calendar"),
    path("supervision/profile/", views.profile, name="profile"),
    path("supervision/availability/", views.availability, name="availability"),
    path("supervision/availability/<str:ref>/withdraw/", views.withdraw, name="availability-withdraw"),
    path("supervision/sessions/<str:ref>/", session_views.session, name="session"),
    path("supervision/sessions/<str:ref>/accept/", session_views.accept, name="session-accept"),
    path("supervision/sessions/<str:ref>/decline/", session_views.decline, name="session-decline"),
    path("supervision/sessions/<str:ref>/propose/", session_views.propose, name="session-propose"),
    path("supervision/sessions/<str:ref>/cancel/", session_views.cancel, name="session-cancel"),
    path("supervision/sessions/<str:ref>/complete/", session_views.complete, name="session-complete"),
]
