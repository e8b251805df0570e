"""A person's named filters of lists."""
