"""Contract pages of the shared host."""

from django.urls import path

from contracts import views, views_appeals, views_scores, views_signing

app_name = "contracts"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("all/", views.contract_list, name="list"),
    path("appeals/", views_appeals.appeals, name="appeals"),
    path("ranking/", views.ranking_page, name="ranking"),
    path("sign/", views_signing.sign, name="sign"),
    path("sign/<str:programme>/<str:slug>/", views_signing.sign_terms, name="sign-terms"),
    path("<str:ref>/", views.contract, name="contract"),
    path("<str:ref>/scorecard/", views_scores.scorecard, name="scorecard"),
    path("<str:ref>/scorecard/<str:code>/", views_scores.evidence, name="evidence"),
    path("<str:ref>/marks/", views_scores.marks, name="marks"),
    path("<str:ref>/marks/<str:code>/", views_scores.mark, name="mark"),
    path("<str:ref>/marks/<str:mark_ref>/withdraw/", views_scores.mark_withdraw, name="mark-withdraw"),
    path("<str:ref>/appeals/<str:appeal_ref>/", views_appeals.appeal, name="appeal"),
    path("<str:ref>/appeals/<str:appeal_ref>/answer/", views_appeals.appeal_answer, name="appeal-answer"),
    path("<str:ref>/sheets/", views_scores.sheets, name="sheets"),
    path("<str:ref>/sheets/<str:sheet_ref>/", views_scores.sheet, name="sheet"),
    path("<str:ref>/close/", views_scores.close, name="close"),
]
