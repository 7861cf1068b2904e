"""Makes things in a process of its own, so that whoever takes them can work at the same time."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from searchsets.errors import ReviewError


def made_beside(make: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Any]:
    """Yield what a generator makes, in another process where the system can fork one.

    Args:
        make: a function that returns an iterator of things that can be pickled.
        arguments: what to call it with.

    Raises:
        Whatever the generator raises; ReviewError where its process was killed.
    """
    if not sys.platform.startswith("linux"):
        yield from make(*arguments)
        return
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(theirs, make, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield from _received(mine)
    finally:
        mine.close()
        process.terminate()
        process.join()


def _send(end: Connection, make: Callable[..., Iterator[Any]], arguments: tuple) -> None:
    try:
        for made in make(*arguments):
            end.send((made, None))
        end.send((None, StopIteration()))
    except (BrokenPipeError, KeyboardInterrupt):  # nobody takes any more
        pass
    except BaseException as error:  # it is raised where it is waited for
        end.send((None, error))


def _received(end: Connection) -> Iterator[Any]:
    while True:
        try:
            made, error = end.recv()
        except EOFError:
            raise ReviewError(
                "the process that reads the file was killed",
                None,
                "free memory, and try again; a file of a million records needs 6 GB",
            ) from None
        if isinstance(error, StopIteration):
            return
        if error is not None:
            raise error
        yield made
