"""The criteria for inclusion: read from their file, and what their rules say of a record."""
