from django.urls import path

from services.clients import api as clients
from services.funds.books import api as books
from services.funds.fund import api as funds
from services.grants import api as grants
from services.network import api as network
from services.people import api as people
from services.records import api as records

urlpatterns = [
    path("stations/", network.Stations.as_view(), name="api-stations"),
    path("stations/<slug:ref>/", network.Station.as_view(), name="api-station"),
    path("staff/", people.StaffList.as_view(), name="api-staff"),
    path("clients/", clients.Clients.as_view(), name="api-clients"),
    path("clients/<slug:ref>/", clients.OneClient.as_view(), name="api-client"),
    path("clients/<slug:ref>/reveal/", clients.Reveal.as_view(), name="api-reveal"),
    path("visits/", records.Visits.as_view(), name="api-visits"),
    path("funds/", funds.Funds.as_view(), name="api-funds"),
    path("funds/<slug:ref>/", funds.OneFund.as_view(), name="api-fund"),
    path("funds/<slug:ref>/donations/", funds.Donations.as_view(), name="api-fund-donations"),
    path("funds/<slug:ref>/ledger/", books.FundLedger.as_view(), name="api-fund-ledger"),
    path("funds/<slug:ref>/applications/", grants.NewApplications.as_view(), name="api-grant-apply"),
    path("fund-applications/", grants.Applications.as_view(), name="api-grants"),
    path("fund-applications/<slug:ref>/", grants.OneApplication.as_view(), name="api-grant"),
    path("fund-applications/<slug:ref>/assess/", grants.Assess.as_view(), name="api-grant-assess"),
    path("fund-applications/<slug:ref>/compare/", grants.Compare.as_view(), name="api-grant-compare"),
    path("fund-applications/<slug:ref>/decide/", grants.Decide.as_view(), name="api-grant-decide"),
    path("fund-applications/<slug:ref>/opinion/", grants.Opine.as_view(), name="api-grant-opine"),
    path("fund-applications/<slug:ref>/pay/", grants.Pay.as_view(), name="api-grant-pay"),
]
