"""What a fund owes the public, and how well its resources are used."""
