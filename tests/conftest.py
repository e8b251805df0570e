"""The ground of every test: one PostgreSQL for the run, two agencies made once, each test rolled back."""

pytest_plugins = ["tests.cast"]
