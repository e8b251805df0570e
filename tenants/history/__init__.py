"""Who did what, read from a log by those it concerns."""
