"""A fund's books: the chart of accounts, entries, corrections, the close of a year."""
