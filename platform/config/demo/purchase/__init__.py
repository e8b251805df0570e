"""What bureaus buy in the demo: contracts, marks by hand, published scores and appeals."""
