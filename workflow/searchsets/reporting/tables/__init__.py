"""The review tables: each is made of what the stages of a run wrote."""
