"""Bank statements, matched to the books."""
