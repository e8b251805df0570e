"""The supervisor's desk on the shared host."""
