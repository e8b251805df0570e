from django.urls import path

from services.grants.applications import apply_views, merge_views
from services.grants.applications import views as application_views
from services.grants.decisions import views as decision_views
from services.grants.payments import views as payment_views

app_name = "grants"
urlpatterns = [
    path("", application_views.applications, name="list"),
    path("new/", apply_views.new, name="new"),
    path("payments/", payment_views.payments, name="payments"),
    path("payments/release/", payment_views.start_run, name="start_run"),
    path("payments/<slug:ref>/release/", payment_views.approve_payment, name="release"),
    path("payments/<slug:ref>/drop/", payment_views.drop, name="drop"),
    path("runs/<slug:ref>/", payment_views.run, name="run"),
    path("notices/<slug:number>/object/", decision_views.object_to, name="object"),
    path("objections/<slug:ref>/", decision_views.answer, name="answer"),
    path("files/<slug:ref>/merge/", merge_views.merge, name="merge"),
    path("<slug:ref>/", application_views.application, name="application"),
    path("<slug:ref>/change/", apply_views.change, name="change"),
    path("<slug:ref>/submit/", apply_views.submit, name="submit"),
    path("<slug:ref>/withdraw/", apply_views.withdraw, name="withdraw"),
    path("<slug:ref>/another/", apply_views.another, name="another"),
    path("<slug:ref>/assess/", decision_views.assess, name="assess"),
    path("<slug:ref>/return/", decision_views.send_back, name="send_back"),
    path("<slug:ref>/compare/", decision_views.compare, name="compare"),
    path("<slug:ref>/vote/", decision_views.vote, name="vote"),
    path("<slug:ref>/opinion/", decision_views.opine, name="opine"),
    path("<slug:ref>/pay/", payment_views.prepare, name="prepare"),
    path("<slug:ref>/confirm/", payment_views.confirm, name="confirm"),
    path("<slug:ref>/repay/", payment_views.repay, name="repay"),
]
