"""Break-glass: an operator looks into an agency, let in by a second one."""
