"""Harvests websites and web archives, and reads what was kept of them as records."""
