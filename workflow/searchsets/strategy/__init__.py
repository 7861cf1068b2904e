"""Search strategies as a review printed them: files, lines, language and thesauri."""
