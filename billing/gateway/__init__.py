"""The only door to Stripe: nothing else imports its SDK."""
