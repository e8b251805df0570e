"""Passwords and codes: what may be guessed how often, and who still is the one who signed in."""
