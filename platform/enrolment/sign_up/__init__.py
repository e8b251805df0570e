"""Signing up, from the first page to the agency that is built."""
