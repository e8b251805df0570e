"""What of a file is sealed and consented to, and what the data officer is told."""
