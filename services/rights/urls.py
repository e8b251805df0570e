from django.urls import path

from services.rights import views
from services.rights.answers import views as answer_views
from services.rights.consents import alert_views
from services.rights.consents import views as consent_views

app_name = "rights"
urlpatterns = [
    path("", views.requests, name="list"),
    path("alerts/", alert_views.data_alerts, name="alerts"),
    path("alerts/<slug:ref>/settle/", alert_views.settle, name="settle"),
    path("new/", views.pick, name="pick"),
    path("new/<slug:kind>/<slug:person_ref>/", views.take, name="take"),
    path("consents/<slug:kind>/<slug:person_ref>/", consent_views.consents_of, name="consents"),
    path("consents/<slug:kind>/<slug:person_ref>/give/", consent_views.give, name="give"),
    path("consents/<slug:kind>/<slug:person_ref>/withdraw/", consent_views.withdraw, name="withdraw"),
    path("<slug:ref>/", views.person_request, name="request"),
    path("<slug:ref>/check/", answer_views.check, name="check"),
    path("<slug:ref>/copy/", answer_views.hand_over, name="hand_over"),
    path("<slug:ref>/correct/", answer_views.correct, name="correct"),
    path("<slug:ref>/delete/", answer_views.delete, name="delete"),
    path("<slug:ref>/withdraw/", answer_views.withdraw, name="withdraw_consent"),
    path("<slug:ref>/decline/", answer_views.decline, name="decline"),
    path("<slug:ref>/drop/", answer_views.drop, name="drop"),
]
