from django.urls import path

from billing.operator_pages import event_views, views

app_name = "payers"
urlpatterns = [
    path("", views.accounts, name="list"),
    path("bureaus/new/", views.bureau, name="bureau"),
    path("bills/", views.all_bills, name="bills"),
    path("bills/<slug:ref>/", views.bill, name="bill"),
    path("bills/<slug:ref>/receive/", views.receive, name="receive"),
    path("bills/<slug:ref>/refund/", views.refund, name="refund"),
    path("bills/<slug:ref>/fapiao/", views.fapiao, name="fapiao"),
    path("bills/<slug:ref>/void/", views.void, name="void"),
    path("stripe/events/", event_views.events, name="events"),
    path("stripe/events/<slug:event_id>/again/", event_views.again, name="event-again"),
    path("stripe/comparisons/", event_views.comparisons, name="comparisons"),
    path("stripe/comparisons/now/", event_views.compare, name="compare"),
    path("coupons/", views.coupon_list, name="coupons"),
    path("coupons/new/", views.coupon_new, name="coupon-new"),
    path("<slug:ref>/", views.account, name="account"),
    path("<slug:ref>/cover/", views.cover, name="cover"),
    path("<slug:ref>/choose/", views.choose, name="choose"),
]
