"""The review tables as documents: a workbook, a Word file, a page and a Markdown file."""
