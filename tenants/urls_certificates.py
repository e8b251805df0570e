from django.urls import path

from tenants import views_certificate

app_name = "certificates"
urlpatterns = [
    path("<slug:ref>/", views_certificate.certificate, name="certificate"),
    path("<slug:ref>/pdf/", views_certificate.certificate_pdf, name="pdf"),
]
