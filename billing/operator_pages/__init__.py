"""The operator's side of billing."""
