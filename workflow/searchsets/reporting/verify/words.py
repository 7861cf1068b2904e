"""Tells a person what a verification came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchsets.reporting.verify.model import Difference, Other, Verification, printable
from searchsets.words import counted

_SHOWN = 20


def told(one: Verification) -> Iterator[str]:
    """Yield the lines of a report, each as a terminal can show it; the last is the verdict."""
    yield from map(printable, _lines(one))


def _lines(one: Verification) -> Iterator[str]:
    yield f"{one.run}: {counted(one.files, 'file')} in its manifest"
    yield from _listed("changed since it was published", one.changed)
    yield from _listed("missing", one.missing)
    yield from _listed("made by no run, left alone", one.extra)
    yield f"inputs: {one.inputs_same} as the manifest says, {len(one.inputs)} not"
    for change in one.inputs:
        yield f"  {change.change}: {change.file}"
        yield from (f"    {detail}" for detail in change.details)
    if one.unread:
        yield "  which are new cannot be told, because the inputs of today are no whole review:"
        yield from (f"    {line}" for line in one.unread.splitlines())
    yield from _others("versions", one.versions)
    yield from _others(
        "config/config.yaml, or what was given on the command line (the next run will differ; this "
        "one was verified as it was set)",
        one.settings,
    )
    yield from _rebuild(one)
    yield _verdict(one)


def _listed(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in names[:_SHOWN]:
        yield f"  {what}: {name}"
    if len(names) > _SHOWN:
        yield f"  {what}: and {len(names) - _SHOWN:,} more"


def _others(what: str, others: Sequence[Other]) -> Iterator[str]:
    if others:
        yield f"other than when the run was made: {what}"
    for other in others[:_SHOWN]:
        yield f"  {other.name}: then {other.then}, now {other.now}"
    if len(others) > _SHOWN:
        yield f"  and {len(others) - _SHOWN:,} more"


def _rebuild(one: Verification) -> Iterator[str]:
    if one.stopped:
        yield "the rebuild stopped:"
        yield from (f"  {line}" for line in one.stopped.splitlines())
    if not one.rebuilt:
        return
    yield f"rebuild: {counted(one.same, 'file')} the same, {len(one.differences)} not"
    for name in one.same_content:
        yield f"  {name}: other bytes, the same content (written otherwise)"
    for difference in one.differences[:_SHOWN]:
        yield from _difference(difference)
    if len(one.differences) > _SHOWN:
        yield f"  and {counted(len(one.differences) - _SHOWN, 'more file')}; --json lists all"


def _difference(one: Difference) -> Iterator[str]:
    yield f"  {one.file}: {one.place.where}"
    if one.place.published or one.place.now:
        yield f"    published: {one.place.published or '(empty)'}"
        yield f"    rebuilt:   {one.place.now or '(empty)'}"
    if len(one.causes) == 1:
        yield f"    because {one.causes[0]}"
    elif one.causes:
        yield "    because of one or more of these:"
        yield from (f"      {cause}" for cause in one.causes)


def _verdict(one: Verification) -> str:
    if one.verified and one.rebuilt:
        return f"verified: {counted(one.same, 'file')} the same"
    if one.verified:
        return f"not rebuilt; {counted(one.files, 'file')} as the manifest says, and all inputs"
    changed = set(one.changed) - set(one.same_content)
    faults = (
        (counted(len(changed), "published file") + " changed", changed),
        (counted(len(one.missing), "published file") + " missing", one.missing),
        (counted(len(one.inputs), "input") + " not as the manifest says", one.inputs),
        ("the inputs are no whole review", one.unread),
        ("the rebuild stopped", one.stopped),
        (counted(len(one.differences), "file") + " rebuilt otherwise", one.differences),
    )
    return "NOT verified: " + "; ".join(words for words, found in faults if found)
