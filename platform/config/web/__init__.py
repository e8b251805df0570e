"""What every page stands in: the menu, the look, the guides, the pages of errors and outages."""
