"""Audit of the screening log: what was tampered with, what is missing, what a person should see."""
