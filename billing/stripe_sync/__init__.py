"""What Stripe tells us, and what we ask it: webhooks, events, checkout, comparison of the books, metering."""
