from django.urls import path

from services.people import views

app_name = "people"
urlpatterns = [
    path("", views.staff_list, name="list"),
    path("new/", views.new, name="new"),
    path("<slug:ref>/", views.staff, name="staff"),
    path("<slug:ref>/post/", views.post, name="post"),
    path("<slug:ref>/postings/<slug:posting_ref>/end/", views.end_posting, name="end_posting"),
    path("<slug:ref>/certificate/", views.certificate, name="certificate"),
    path("<slug:ref>/leave/", views.leave, name="leave"),
]
