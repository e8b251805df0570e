"""An agency is opened, suspended and restored; its schema is built from a template."""
