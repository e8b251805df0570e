"""An agency leaves: asked for, waited for, deleted by two, certified."""
