"""When supervisors can be had: offered, written out, cut into slots."""
