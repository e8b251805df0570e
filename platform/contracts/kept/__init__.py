"""Scores worked out ahead, one row for a contract and a day, so that lists of a thousand need not work them out."""
