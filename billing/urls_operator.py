from django.urls import path

from billing import views_events, views_operator

app_name = "payers"
urlpatterns = [
    path("", views_operator.accounts, name="list"),
    path("bureaus/new/", views_operator.bureau, name="bureau"),
    path("bills/", views_operator.all_bills, name="bills"),
    path("bills/<slug:ref>/", views_operator.bill, name="bill"),
    path("bills/<slug:ref>/receive/", views_operator.receive, name="receive"),
    path("bills/<slug:ref>/refund/", views_operator.refund, name="refund"),
    path("bills/<slug:ref>/fapiao/", views_operator.fapiao, name="fapiao"),
    path("bills/<slug:ref>/void/", views_operator.void, name="void"),
    path("stripe/events/", views_events.events, name="events"),
    path("stripe/events/<slug:event_id>/again/", views_events.again, name="event-again"),
    path("stripe/comparisons/", views_events.comparisons, name="comparisons"),
    path("stripe/comparisons/now/", views_events.compare, name="compare"),
    path("coupons/", views_operator.coupon_list, name="coupons"),
    path("coupons/new/", views_operator.coupon_new, name="coupon-new"),
    path("<slug:ref>/", views_operator.account, name="account"),
    path("<slug:ref>/cover/", views_operator.cover, name="cover"),
    path("<slug:ref>/choose/", views_operator.choose, name="choose"),
]
