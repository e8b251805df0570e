"""Asking a fund for something: needs, applications for them, and files of one person merged."""
