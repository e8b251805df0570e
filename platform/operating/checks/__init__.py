"""Logs and books held against their digests; commits that nobody knows of."""
