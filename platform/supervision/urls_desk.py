"""The supervisor's pages on the shared host."""

from django.urls import path

from supervision import views_desk, views_session

app_name = "supervision"
urlpatterns = [
    path("supervision/", views_desk.desk, name="desk"),
    path("supervision/calendar/", views_desk.calendar, name="calendar"),
    path("supervision/profile/", views_desk.profile, name="profile"),
    path("supervision/availability/", views_desk.availability, name="availability"),
    path("supervision/availability/<str:ref>/withdraw/", views_desk.withdraw, name="availability-withdraw"),
    path("supervision/sessions/<str:ref>/", views_session.session, name="session"),
    path("supervision/sessions/<str:ref>/accept/", views_session.accept, name="session-accept"),
    path("supervision/sessions/<str:ref>/decline/", views_session.decline, name="session-decline"),
    path("supervision/sessions/<str:ref>/propose/", views_session.propose, name="session-propose"),
    path("supervision/sessions/<str:ref>/cancel/", views_session.cancel, name="session-cancel"),
    path("supervision/sessions/<str:ref>/complete/", views_session.complete, name="session-complete"),
]
