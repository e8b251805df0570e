from django.urls import path

from services.rights import views, views_alerts, views_answer, views_consents

app_name = "rights"
urlpatterns = [
    path("", views.requests, name="list"),
    path("alerts/", views_alerts.data_alerts, name="alerts"),
    path("alerts/<slug:ref>/settle/", views_alerts.settle, name="settle"),
    path("new/", views.pick, name="pick"),
    path("new/<slug:kind>/<slug:person>/", views.take, name="take"),
    path("consents/<slug:kind>/<slug:person>/", views_consents.consents_of, name="consents"),
    path("consents/<slug:kind>/<slug:person>/give/", views_consents.give, name="give"),
    path("consents/<slug:kind>/<slug:person>/withdraw/", views_consents.withdraw, name="withdraw"),
    path("<slug:ref>/", views.one, name="request"),
    path("<slug:ref>/check/", views_answer.check, name="check"),
    path("<slug:ref>/copy/", views_answer.hand_over, name="hand_over"),
    path("<slug:ref>/correct/", views_answer.correct, name="correct"),
    path("<slug:ref>/delete/", views_answer.delete, name="delete"),
    path("<slug:ref>/withdraw/", views_answer.withdraw, name="withdraw_consent"),
    path("<slug:ref>/decline/", views_answer.decline, name="decline"),
    path("<slug:ref>/drop/", views_answer.drop, name="drop"),
]
