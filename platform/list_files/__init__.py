"""Long lists as files: asked for on a page, written by the worker, handed to who asked."""
