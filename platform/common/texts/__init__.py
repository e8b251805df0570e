"""Names, numbers and amounts as people write them."""
