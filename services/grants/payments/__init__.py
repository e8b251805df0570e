"""Paying what was granted, by two people; and money that comes back."""
