"""What we say to Stripe through `billing.gateway`, by noun."""
