"""Stand-ins for the outside world, kept honest by their own tests."""
