"""What happened at a station, read from the agency's log by its head and the director."""
