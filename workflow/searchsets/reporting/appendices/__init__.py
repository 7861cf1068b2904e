"""What a published review says of its sources, read, counted and held against it."""
