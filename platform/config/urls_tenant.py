"""An agency's host: nothing but includes."""

from django.urls import include, path

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.broken"

urlpatterns = [
    path("accounts/", include("recovery.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("config.urls_look")),
    path("filters/", include("saved_filters.urls")),
    path("list-files/", include("list_files.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("api_access.urls")),
    path("accept/", include("enrolment.urls_agency")),
    path("scores/", include("contracts.urls_agency")),
    path("api/v1/", include("directory.urls_api")),
    path("api/v1/", include("contracts.urls_api_agency")),
    path("api/v1/", include("services.urls_api")),
    path("stations/", include("services.network.urls")),
    path("staff/", include("services.people.urls")),
    path("clients/", include("services.clients.urls")),
    path("households/", include("services.clients.urls_households")),
    path("records/", include("services.records.urls")),
    path("volunteers/", include("services.volunteers.urls")),
    path("funds/", include("services.funds.urls")),
    path("grants/", include("services.grants.urls")),
    path("", include("services.people.urls_invitations")),
    path("rights/", include("services.rights.urls")),
    path("leaving/", include("tenants.departure.urls")),
    path("leaving/exports/", include("services.leaving.urls")),
    path("members/", include("tenants.members.urls")),
    path("members/", include("recovery.urls_members")),
    path("plan/", include("billing.payer_pages.urls")),
    path("platform-access/", include("tenants.emergency.urls")),
    path("", include("services.urls")),
    path("", include("supervision.urls_station")),
    path("api/v1/", include("supervision.urls_api_tenant")),
]
