"""An agency's own side of its contracts: pages and programs on its host."""
