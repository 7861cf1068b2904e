"""Starts a new review: a folder with an example that runs at once."""
