from django.urls import path

from services.funds import views, views_campaigns, views_donations, views_receipts, views_refunds, views_seats

urlpatterns = [
    path("", views.funds, name="list"),
    path("new/", views.open_fund, name="open"),
    path("<slug:ref>/", views.fund, name="fund"),
    path("<slug:ref>/change/", views.change_fund, name="change"),
    path("<slug:ref>/hand-over/", views.hand_over, name="hand_over"),
    path("<slug:ref>/close/", views.close_fund, name="close"),
    path("<slug:ref>/purposes/new/", views.new_purpose, name="new_purpose"),
    path("<slug:ref>/purposes/<slug:purpose>/stop/", views.stop_purpose, name="stop_purpose"),
    path("<slug:ref>/seats/", views_seats.seats, name="seats"),
    path("<slug:ref>/seats/new/", views_seats.appoint, name="appoint"),
    path("<slug:ref>/seats/<slug:seat>/end/", views_seats.end_seat, name="end_seat"),
    path("<slug:ref>/campaigns/", views_campaigns.campaigns, name="campaigns"),
    path("<slug:ref>/campaigns/new/", views_campaigns.start, name="start_campaign"),
    path("<slug:ref>/campaigns/<slug:campaign>/", views_campaigns.campaign, name="campaign"),
    path("<slug:ref>/campaigns/<slug:campaign>/pledge/", views_campaigns.pledge, name="pledge"),
    path("<slug:ref>/campaigns/<slug:campaign>/output/", views_campaigns.count_output, name="count_output"),
    path("<slug:ref>/donations/", views_donations.donations, name="donations"),
    path("<slug:ref>/donations/new/", views_donations.donate, name="donate"),
    path("<slug:ref>/donations/<slug:donation>/", views_donations.donation, name="donation"),
    path("<slug:ref>/donations/<slug:donation>/receipt/", views_receipts.issue, name="issue_receipt"),
    path("<slug:ref>/receipts/<slug:receipt>/", views_receipts.receipt, name="receipt"),
    path("<slug:ref>/receipts/<slug:receipt>/pdf/", views_receipts.pdf, name="receipt_pdf"),
    path("<slug:ref>/receipts/<slug:receipt>/void/", views_receipts.void, name="void_receipt"),
    path("<slug:ref>/donations/<slug:donation>/refund/", views_refunds.ask, name="ask_refund"),
    path("<slug:ref>/refunds/<slug:refund>/release/", views_refunds.release, name="release_refund"),
    path("<slug:ref>/refunds/<slug:refund>/drop/", views_refunds.drop, name="drop_refund"),
]
