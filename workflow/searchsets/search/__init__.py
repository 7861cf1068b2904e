"""Search: every line of a strategy on every record, with three truth values."""
