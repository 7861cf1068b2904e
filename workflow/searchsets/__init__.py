"""Runs a literature review from its boolean search sets to its review tables."""

__version__ = "0.1.0"
