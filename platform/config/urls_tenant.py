"""An agency's host: nothing but includes."""

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
    path("accept/", include("enrolment.invitations.agency_urls")),
    path("scores/", include("contracts.agency_pages.urls")),
    path("api/v1/", include("directory.urls_api")),
    path("api/v1/", include("contracts.agency_pages.api_urls")),
    path("api/v1/", include("services.urls_api")),
    path("stations/", include("services.history.urls")),
    path("stations/", include("services.network.urls")),
    path("staff/", include("services.people.urls")),
    path("clients/", include("services.clients.urls")),
    path("households/", include("services.clients.households.urls")),
    path("records/", include("services.records.urls")),
    path("volunteers/", include("services.volunteers.urls")),
    path("help-requests/", include("services.help_requests.urls")),
    path("funds/", include("services.funds.urls")),
    path("grants/", include("services.grants.urls")),
    path("", include("services.people.invitations.urls")),
    path("rights/", include("services.rights.urls")),
    path("leaving/", include("tenants.departure.urls")),
    path("leaving/exports/", include("services.leaving.urls")),
    path("members/", include("tenants.members.urls")),
    path("members/", include("recovery.urls_members")),
    path("plan/", include("billing.payer_pages.urls")),
    path("platform-access/", include("tenants.emergency.urls")),
    path("", include("services.urls")),
    path("", include("supervision.station_pages.urls")),
    path("api/v1/", include("supervision.station_pages.api_urls")),
]
