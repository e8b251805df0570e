"""The goals of speed, ours beside the plain way: `make bench`."""
