"""What the totals of a review would be, had a choice of the run been made otherwise."""
