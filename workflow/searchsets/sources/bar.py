"""Shows a person how far a harvest is: a bar with counts and the time left, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_CLEAR_LINE = "\r\x1b[K"


class Bar:
    """A bar, and what is said while it stands there."""

    def __init__(self, shown, say: Callable[[str], None], *, hidden: bool):
        """Take the bar of the library, and who tells a person."""
        self._shown, self._say, self._hidden = shown, say, hidden

    def there_are(self, records: int) -> None:
        """Show that so many more records are expected."""
        self._shown.length += records
        self._shown.update(0)

    def came(self, records: int) -> None:
        """Show that so many more records came."""
        self._shown.update(records)

    def say(self, message: str) -> None:
        """Tell a person something, in the place of the bar, which comes back below."""
        if not self._hidden:
            click.echo(_CLEAR_LINE, nl=False, err=True)
        self._say(message)


@contextmanager
def bar(label: str, say: Callable[[str], None]) -> Iterator[Bar]:
    """Give a bar; where there is no terminal it shows nothing."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=0, label=label, file=sys.stderr, show_pos=True, hidden=hidden
    ) as shown:
        yield Bar(shown, say, hidden=hidden)
