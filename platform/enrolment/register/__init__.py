"""The public register is checked: an agency that signed itself up is shown once its organisation is confirmed."""
