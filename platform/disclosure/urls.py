"""What charity funds publish, on the shared host and open to anybody."""

from django.urls import path

from disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.funds, name="list"),
    path("<slug:ref>/", views.fund, name="fund"),
    path("<slug:ref>/movements/", views.movements, name="movements"),
    path("<slug:ref>/books/", views.anchors, name="anchors"),
    path("<slug:ref>/reports/<slug:report_ref>/", views.report, name="report"),
]
