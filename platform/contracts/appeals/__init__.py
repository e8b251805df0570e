"""Appeals against a line of a score, and their answers."""
