"""Logs: their lines, and the chains that nobody rewrites unseen."""
