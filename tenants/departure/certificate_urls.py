from django.urls import path

from tenants.departure import certificate_views

app_name = "certificates"
urlpatterns = [
    path("<slug:ref>/", certificate_views.certificate, name="certificate"),
    path("<slug:ref>/pdf/", certificate_views.certificate_pdf, name="pdf"),
]
