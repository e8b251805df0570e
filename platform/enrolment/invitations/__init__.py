"""A purchaser invites an agency."""
