from django.urls import path

from services.funds import views_reports, views_utilisation

urlpatterns = [
    path("utilisation/", views_utilisation.utilisation, name="utilisation"),
    path("<slug:ref>/reports/", views_reports.reports, name="reports"),
    path("<slug:ref>/reports/new/<slug:kind>/<slug:period>/", views_reports.report_new, name="report_new"),
    path("<slug:ref>/reports/<slug:report>/", views_reports.report, name="report"),
]
