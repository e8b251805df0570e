from django.urls import path

from services.funds.bank import views as bank_views
from services.funds.campaigns import views as campaign_views
from services.funds.donations import receipt_views, refund_views
from services.funds.donations import views as donation_views
from services.funds.fund import committee_views, dissolution_views
from services.funds.fund import views as fund_views

urlpatterns = [
    path("", fund_views.funds, name="list"),
    path("new/", fund_views.open_fund, name="open"),
    path("<slug:ref>/", fund_views.fund, name="fund"),
    path("<slug:ref>/change/", fund_views.change_fund, name="change"),
    path("<slug:ref>/hand-over/", dissolution_views.request_transfer, name="hand_over"),
    path(
        "<slug:ref>/hand-over/<slug:transfer_ref>/release/",
        dissolution_views.approve_transfer,
        name="release_hand_over",
    ),
    path("<slug:ref>/hand-over/<slug:transfer_ref>/drop/", dissolution_views.withdraw_transfer, name="drop_hand_over"),
    path("<slug:ref>/close/", fund_views.close_fund, name="close"),
    path("<slug:ref>/purposes/new/", fund_views.new_purpose, name="new_purpose"),
    path("<slug:ref>/purposes/<slug:purpose_ref>/stop/", fund_views.stop_purpose, name="stop_purpose"),
    path("<slug:ref>/seats/", committee_views.members, name="seats"),
    path("<slug:ref>/seats/new/", committee_views.appoint, name="appoint"),
    path("<slug:ref>/seats/<slug:member_ref>/end/", committee_views.end_term, name="end_seat"),
    path("<slug:ref>/campaigns/", campaign_views.campaigns, name="campaigns"),
    path("<slug:ref>/campaigns/new/", campaign_views.start, name="start_campaign"),
    path("<slug:ref>/campaigns/<slug:campaign_ref>/", campaign_views.campaign, name="campaign"),
    path("<slug:ref>/campaigns/<slug:campaign_ref>/pledge/", campaign_views.pledge, name="pledge"),
    path("<slug:ref>/campaigns/<slug:campaign_ref>/output/", campaign_views.count_output, name="count_output"),
    path("<slug:ref>/donations/", donation_views.donations, name="donations"),
    path("<slug:ref>/donations/new/", donation_views.donate, name="donate"),
    path("<slug:ref>/donations/<slug:donation_ref>/", donation_views.donation, name="donation"),
    path("<slug:ref>/donations/<slug:donation_ref>/receipt/", receipt_views.issue, name="issue_receipt"),
    path("<slug:ref>/receipts/<slug:receipt_ref>/", receipt_views.receipt, name="receipt"),
    path("<slug:ref>/receipts/<slug:receipt_ref>/pdf/", receipt_views.pdf, name="receipt_pdf"),
    path("<slug:ref>/receipts/<slug:receipt_ref>/void/", receipt_views.void, name="void_receipt"),
    path("<slug:ref>/donations/<slug:donation_ref>/refund/", refund_views.request_refund, name="ask_refund"),
    path("<slug:ref>/refunds/<slug:refund_ref>/release/", refund_views.approve_refund, name="release_refund"),
    path("<slug:ref>/refunds/<slug:refund_ref>/drop/", refund_views.withdraw_refund, name="drop_refund"),
    path("<slug:ref>/bank/", bank_views.bank, name="bank"),
    path("<slug:ref>/bank/import/", bank_views.import_statement, name="import_statement"),
    path("<slug:ref>/bank/match/", bank_views.match_all, name="match_all"),
    path("<slug:ref>/bank/<slug:line_ref>/", bank_views.bank_line, name="bank_line"),
    path("<slug:ref>/bank/<slug:line_ref>/match/", bank_views.match_line, name="match_line"),
    path("<slug:ref>/bank/<slug:line_ref>/unmatch/", bank_views.unmatch_line, name="unmatch_line"),
    path("<slug:ref>/bank/<slug:line_ref>/aside/", bank_views.set_aside, name="set_aside"),
    path("<slug:ref>/bank/<slug:line_ref>/donation/", bank_views.donate_line, name="donate_line"),
    path("<slug:ref>/bank/<slug:line_ref>/book/", bank_views.book_line, name="book_line"),
]
