"""The ground of every page: lists, forms, acts, and what is said after them."""
