"""The screening log: append-only files of events, chained by hashes, read and written."""
