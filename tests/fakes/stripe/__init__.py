"""A stand-in for Stripe: a stateful server of our own that the real SDK speaks to, with a clock that can be moved.

`with StandIn() as stripe:` starts it on a loopback port; `python -m tests.fakes.stripe.server` runs it by hand. What it
answers is held to Stripe itself by tests/fakes/test_contract.py wherever STRIPE_TEST_KEY is set.
"""
