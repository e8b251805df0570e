"""Marks by hand: who gives and withdraws one, which one counts, what is shown for it."""
