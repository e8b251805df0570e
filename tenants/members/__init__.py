"""The members of an agency and their roles."""
