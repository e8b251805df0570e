"""Stations by rank, and what an officer sees first."""
