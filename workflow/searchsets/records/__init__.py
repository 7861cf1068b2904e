"""Records: what people export and services answer, read into one table without losing any."""
