"""Charity funds (社区公益基金): who decides over them, what they are for, what came in, and what was published.

A fund is no legal person: its money lies in the account of its custodian, a charity (1C-14). The ledger keeps its
books.
"""

from services.funds.models.bank import BankImport, BankLine
from services.funds.models.fund import CommitteeMember, Fund, Purpose, ResidualTransfer
from services.funds.models.income import Campaign, Donation, DonationRefund, Pledge, Receipt
from services.funds.models.report import Report

__all__ = [
    "BankImport",
    "BankLine",
    "Campaign",
    "CommitteeMember",
    "Donation",
    "DonationRefund",
    "Fund",
    "Pledge",
    "Purpose",
    "Receipt",
    "Report",
    "ResidualTransfer",
]
