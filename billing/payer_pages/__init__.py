"""The payer's own pages, on an agency's host and for a bureau."""
