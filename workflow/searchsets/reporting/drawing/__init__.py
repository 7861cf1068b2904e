"""Draws shapes with real text as SVG, PDF and PNG, the same on every machine."""
