"""The inspector: the part of the page in which every record, act and reason can be looked up."""
