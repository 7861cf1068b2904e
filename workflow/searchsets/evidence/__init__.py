"""What every line of a strategy does for the review: its logic, its concepts, its effect on records."""
