"""The platform's own people."""
