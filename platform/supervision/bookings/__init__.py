"""Sessions from the request to the record."""
