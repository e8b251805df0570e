"""The shared host: nothing but includes."""

from django.urls import include, path

handler400 = "config.web.error_views.bad_request"
handler403 = "config.web.error_views.forbidden"
handler404 = "config.web.error_views.not_found"
handler500 = "config.web.error_views.broken"

urlpatterns = [
    path("accounts/", include("recovery.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("config.web.urls")),
    path("filters/", include("saved_filters.urls")),
    path("list-files/", include("list_files.urls")),
    path("notifications/", include("notifications.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("api_access.urls")),
    path("join/", include("enrolment.sign_up.urls")),
    path("register/", include("enrolment.register.urls")),
    path("contracts/invitations/", include("enrolment.invitations.urls")),
    path("contracts/", include("contracts.urls")),
    path("scores/", include("contracts.publishing.public_urls")),
    path("programmes/", include("programmes.urls")),
    path("api/v1/", include("directory.urls_api")),
    path("api/v1/", include("programmes.urls_api")),
    path("api/v1/", include("contracts.urls_api")),
    path("api/v1/", include("disclosure.urls_api")),
    path("certificates/", include("tenants.departure.certificate_urls")),
    path("api/v1/", include("billing.stripe_sync.urls")),
    path("agencies/", include("tenants.agencies.urls")),
    path("agencies/", include("operating.urls")),
    path("plan/", include("billing.payer_pages.bureau_urls")),
    path("payers/", include("billing.operator_pages.urls")),
    path("letters/", include("letters.urls")),
    path("funds/", include("disclosure.urls")),
    path("stations/", include("services.help_requests.public_urls")),
    path("", include("directory.urls")),
    path("", include("supervision.desk_pages.urls")),
    path("api/v1/", include("supervision.desk_pages.api_urls")),
]
