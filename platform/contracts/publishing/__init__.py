"""Published scores: previewed, announced, confirmed, corrected, and verified by anybody."""
