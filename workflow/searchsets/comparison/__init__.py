"""Two published runs side by side: what is new, what is gone, what changed, and what was decided."""
