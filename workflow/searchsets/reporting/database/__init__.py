"""Makes `review.sqlite`: a run as one database, to be asked in SQL or looked at in Datasette."""
