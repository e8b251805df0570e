"""Bills by bank transfer, coupons, and the letters about them."""
