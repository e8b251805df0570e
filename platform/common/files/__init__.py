"""Files: read from people, written for them, sealed."""
