"""What the report says of its sources in its appendices, read, counted and held against it."""
