from django.urls import path

from services.start import views

app_name = "start"
urlpatterns = [
    path("", views.start, name="start"),
    path("put-away/", views.put_away, name="put_away"),
    path("show-again/", views.show_again, name="show_again"),
    path("stations/", views.stations, name="stations"),
    path("stations/sheet/", views.sheet, name="sheet"),
    path("stations/template/", views.template, name="template"),
    path("programme/", views.programme, name="programme"),
    path("sample/", views.sample, name="sample"),
    path("sample/clear/", views.clear_sample, name="clear_sample"),
    path("sample/<slug:ref>/restore/", views.restore_sample, name="restore_sample"),
]
