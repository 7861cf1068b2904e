"""What a run that updates another takes over from it: its records, its works, its decisions."""
