from django.urls import path

from services.grants import views, views_apply, views_decide, views_merge, views_pay

app_name = "grants"
urlpatterns = [
    path("", views.applications, name="list"),
    path("new/", views_apply.new, name="new"),
    path("payments/", views_pay.payments, name="payments"),
    path("payments/release/", views_pay.start_run, name="start_run"),
    path("payments/<slug:ref>/release/", views_pay.release, name="release"),
    path("payments/<slug:ref>/drop/", views_pay.drop, name="drop"),
    path("runs/<slug:ref>/", views_pay.run, name="run"),
    path("notices/<slug:number>/object/", views_decide.object_to, name="object"),
    path("objections/<slug:ref>/", views_decide.answer, name="answer"),
    path("files/<slug:ref>/merge/", views_merge.merge, name="merge"),
    path("<slug:ref>/", views.application, name="application"),
    path("<slug:ref>/change/", views_apply.change, name="change"),
    path("<slug:ref>/submit/", views_apply.submit, name="submit"),
    path("<slug:ref>/withdraw/", views_apply.withdraw, name="withdraw"),
    path("<slug:ref>/another/", views_apply.another, name="another"),
    path("<slug:ref>/assess/", views_decide.assess, name="assess"),
    path("<slug:ref>/return/", views_decide.send_back, name="send_back"),
    path("<slug:ref>/compare/", views_decide.compare, name="compare"),
    path("<slug:ref>/vote/", views_decide.vote, name="vote"),
    path("<slug:ref>/opinion/", views_decide.opine, name="opine"),
    path("<slug:ref>/pay/", views_pay.prepare, name="prepare"),
    path("<slug:ref>/confirm/", views_pay.confirm, name="confirm"),
    path("<slug:ref>/repay/", views_pay.repay, name="repay"),
]
