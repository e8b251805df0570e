"""A bureau asks an agency in."""
