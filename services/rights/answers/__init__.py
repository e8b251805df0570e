"""What a request is answered with: a copy, a deletion, and what is gathered for them."""
