"""Supervision on an agency's host."""
