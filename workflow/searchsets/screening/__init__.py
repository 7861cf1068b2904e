"""Screening: criteria judged by rules, decisions taken by people, and the state of every record."""
