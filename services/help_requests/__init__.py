"""Somebody from outside asks a station for help."""
