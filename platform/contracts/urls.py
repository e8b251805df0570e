"""Contract pages of the shared host."""

from django.urls import path

from contracts import views
from contracts.appeals import views as appeal_views
from contracts.history import views as history_views
from contracts.marks import views as mark_views
from contracts.publishing import views as sheet_views
from contracts.scoring import views as score_views
from contracts.signing import views as signing_views

app_name = "contracts"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("all/", views.contract_list, name="list"),
    path("appeals/", appeal_views.appeals, name="appeals"),
    path("ranking/", views.ranking_page, name="ranking"),
    path("sign/", signing_views.sign, name="sign"),
    path("sign/<str:programme>/<str:slug>/", signing_views.sign_terms, name="sign-terms"),
    path("<str:ref>/", views.contract, name="contract"),
    path("<str:ref>/scorecard/", score_views.scorecard, name="scorecard"),
    path("<str:ref>/scorecard/<str:code>/", score_views.evidence, name="evidence"),
    path("<str:ref>/changes/", score_views.changes, name="changes"),
    path("<str:ref>/marks/", mark_views.marks, name="marks"),
    path("<str:ref>/marks/<str:code>/", mark_views.mark, name="mark"),
    path("<str:ref>/marks/<str:mark_ref>/withdraw/", mark_views.mark_withdraw, name="mark-withdraw"),
    path("<str:ref>/marks/<str:mark_ref>/review/", mark_views.mark_review, name="mark-review"),
    path("<str:ref>/proofs/<str:file_ref>/", mark_views.mark_file, name="mark-file"),
    path("<str:ref>/appeals/<str:appeal_ref>/", appeal_views.appeal, name="appeal"),
    path("<str:ref>/appeals/<str:appeal_ref>/answer/", appeal_views.appeal_answer, name="appeal-answer"),
    path("<str:ref>/appeals/<str:appeal_ref>/effect/", appeal_views.appeal_effect, name="appeal-effect"),
    path("<str:ref>/appeals/<str:appeal_ref>/files/<str:file_ref>/", appeal_views.appeal_file, name="appeal-file"),
    path("<str:ref>/sheets/", sheet_views.sheets, name="sheets"),
    path("<str:ref>/sheets/<str:sheet_ref>/", sheet_views.sheet, name="sheet"),
    path("<str:ref>/sheets/<str:sheet_ref>/file/", sheet_views.file, name="sheet-file"),
    path("<str:ref>/sheets/<str:sheet_ref>/correct/", sheet_views.correct, name="sheet-correct"),
    path("<str:ref>/sheets/<str:sheet_ref>/confirm/", sheet_views.confirm, name="sheet-confirm"),
    path("<str:ref>/history/", history_views.history, name="history"),
    path("<str:ref>/history/verify/", history_views.history_verify, name="history-verify"),
    path("<str:ref>/close/", sheet_views.close, name="close"),
]
