"""The scorecard, its evidence, and marks by hand."""
