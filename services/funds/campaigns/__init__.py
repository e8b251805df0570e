"""Drives for money and the pledges that match them."""
