"""In and out of the log: reads what other screening tools export, and writes what they import."""
