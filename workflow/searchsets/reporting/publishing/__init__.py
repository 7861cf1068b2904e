"""Puts a finished run in its place, with all that says what it was made from."""
