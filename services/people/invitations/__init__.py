"""Asking somebody into the agency by a link."""
