"""The API of the shared host about contracts."""

from django.urls import path

from contracts import api

urlpatterns = [
    path("contracts/", api.Contracts.as_view(), name="api-contracts"),
    path("contracts/<str:ref>/", api.OneContract.as_view(), name="api-contract"),
    path("contracts/<str:ref>/scorecard/", api.OneScorecard.as_view(), name="api-scorecard"),
    path("contracts/<str:ref>/sheets/", api.Sheets.as_view(), name="api-sheets"),
    path("contracts/<str:ref>/scorecard/<str:code>/evidence/", api.Evidence.as_view(), name="api-evidence"),
    path("rankings/", api.Rankings.as_view(), name="api-rankings"),
]
