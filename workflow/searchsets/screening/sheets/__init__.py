"""Screening in a spreadsheet: a workbook for one reviewer, written, filled in, and read back."""
