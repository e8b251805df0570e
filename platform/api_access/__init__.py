"""Programs that call: their tokens, and requests that may be repeated."""
