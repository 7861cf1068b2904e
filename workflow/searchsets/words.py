"""Says numbers and times in words, for people."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """Return a number of things.

    >>> counted(1, "question"), counted(2000, "question")
    ('1 question', '2,000 questions')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return a time in words.

    >>> duration(90), duration(3600), duration(10_000)
    ('90 seconds', '60 minutes', '2.8 hours')
    """
    if seconds < 120:
        return counted(max(1, round(seconds)), "second")
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:,.1f} hours"


def ended(text: str) -> str:
    """Return a text with a full stop behind it, where it does not end a sentence already.

    >>> ended("Sage Publications"), ended("Sage Publications, Inc."), ended("Who governs?")
    ('Sage Publications.', 'Sage Publications, Inc.', 'Who governs?')
    """
    return text if text.endswith((".", "?", "!", "\u2026")) else f"{text}."
