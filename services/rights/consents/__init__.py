"""Consents, and what the data officer has to look into."""
