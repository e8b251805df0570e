"""Households' files."""
