"""Reporting: review tables, the flow diagram and the page, all made from the tables of the stages."""
