"""A charity fund itself: opened, changed, its purposes and committee, handed over, closed."""
