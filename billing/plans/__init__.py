"""The plans on offer, what of them is used, and what an agency may do under its plan."""
