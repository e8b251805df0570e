from django.urls import path

from services.funds.reports import utilisation_views, views

urlpatterns = [
    path("utilisation/", utilisation_views.utilisation, name="utilisation"),
    path("<slug:ref>/reports/", views.reports, name="reports"),
    path("<slug:ref>/reports/new/<slug:kind>/<slug:period>/", views.report_new, name="report_new"),
    path("<slug:ref>/reports/<slug:report_ref>/", views.report, name="report"),
]
