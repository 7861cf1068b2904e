"""Makes a run anew in a folder of its own that is taken away again, from the inputs as they are now."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searchsets.checkout import snakemake
from searchsets.errors import ERROR_NOTE, ReviewError
from searchsets.files import json_text, write_text
from searchsets.review import as_left_out

_OWN = ("results", "config", ".snakemake", ".git", ".venv")
"""What lies in the folder of a review and is not seen by the rebuild."""
_DEEP = "1/2/3/4/review"  # so that paths that go up by `..` stay in the folder that is taken away
_COMMAND = "$ searchsets "
_NO_ROOM = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), "database or disk is full")
"""How the stages, Snakemake and SQLite tell of a full disk."""
_PATIENCE = 20  # seconds that a rebuild has to end after it is told to


@dataclass(frozen=True)
class Rebuilt:
    """A rebuild: the folder of the run that it made, and why it stopped if it did."""

    folder: Path
    stopped: str = ""


@contextmanager
def rebuilt(
    config: Mapping[str, Any], cores: str = "all", tell: Callable[[str], None] = lambda _: None
) -> Iterator[Rebuilt]:
    """Yield a rebuild of the run of a configuration; nothing of it is left afterwards.

    The review is seen through links, so nothing of the person's is written to.

    Args:
        config: the configuration of the run; relative paths are seen from the current folder.
        cores: how many processors may be used, as Snakemake takes it.
        tell: is called with each command that begins.
    """
    with _ends_when_told(), tempfile.TemporaryDirectory(prefix="searchsets-verify-") as place:
        review = Path(place).resolve() / _DEEP
        _lay_out(review, config)
        ended, said = _run(review, config["run"], cores, tell)
        stopped = "" if ended == 0 else _why(review, said)
        if stopped and any(words in "".join((stopped, *said)) for words in _NO_ROOM):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield Rebuilt(review / "results" / config["run"], stopped)


@contextmanager
def told_of_room() -> Iterator[None]:
    """Tell that the folder for temporary files is full: that is no fault of the run.

    Raises:
        ReviewError: there is no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        folder = tempfile.gettempdir()
        raise ReviewError(
            f"no room in {folder}", None,
            "make room, or name a folder with more: TMPDIR=FOLDER ./run verify",
        ) from None  # fmt: skip


def _lay_out(review: Path, config: Mapping[str, Any]) -> None:
    """Make a folder that looks like the review, without its results."""
    (review / "config").mkdir(parents=True)
    here = Path.cwd()
    for path in (*here.iterdir(), *here.glob("config/*")):
        name = path.relative_to(here)
        if name.parts[0] not in _OWN or (len(name.parts) > 1 and name.name != "config.yaml"):
            (review / name).symlink_to(path)
    for value in config.values():  # folders beside the review
        if isinstance(value, str) and value.startswith("..") and Path(value).exists():
            beside = Path(os.path.normpath(review / value))
            if not beside.exists():
                beside.parent.mkdir(parents=True, exist_ok=True)
                beside.symlink_to(Path(value).resolve())
    if config.get("updates"):  # it begins from what that run left
        base = Path("results", config["updates"])
        (review / "results").mkdir()
        (review / base).symlink_to(base.absolute())
    write_text(review / "config/config.yaml", json_text(as_left_out(config)))  # JSON is YAML


def _run(review: Path, run: str, cores: str, tell: Callable[[str], None]) -> tuple[int, list[str]]:
    command = [
        *snakemake(f"results/{run}/manifest.json"), "--cores", cores,
        "--configfile", "config/config.yaml",  # goes before what runs.yaml says of the run
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != ERROR_NOTE}
    said: list[str] = []
    begun: set[str] = set()  # what runs beside others is said twice
    # In a session of its own: an interruption is passed on below.
    with subprocess.Popen(  # noqa: S603 (the command is ours)
        command, cwd=review, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", errors="replace", start_new_session=True,
    ) as process:  # fmt: skip
        try:
            for line in process.stderr:
                said.append(line)
                if line.startswith(_COMMAND) and line not in begun:
                    begun.add(line)
                    tell(line.removeprefix(_COMMAND).strip())
            return process.wait(), said
        except BaseException:
            _end(process)
            raise


def _end(process: subprocess.Popen) -> None:
    """End a rebuild and all that it started, so that nobody writes into the folder any more."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.communicate(timeout=_PATIENCE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


_TOLD_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""What a request to end is: of a person, of a system, and of a terminal that is closed."""


@contextmanager
def _ends_when_told() -> Iterator[None]:
    """Take a request to end as one interruption, so that the folder is taken away undisturbed."""

    def interrupt(number: int, frame: object) -> None:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    # What was to be ignored stays ignored: `nohup` outlives its terminal.
    heard = [one for one in _TOLD_TO_END if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.getsignal(number) for number in heard}
    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _why(review: Path, said: list[str]) -> str:
    """Return why a rebuild stopped: what the stage told, else the last that was said."""
    noted = review / "results/.build/errors.txt"
    text = noted.read_text(encoding="utf-8") if noted.exists() else ""
    if not text.strip():
        everything = "".join(said)
        text = (
            everything[everything.rfind("ERROR: ") :]
            if "ERROR: " in everything
            else "".join(said[-20:])
        )
    text = text.replace(f"{review}/", "").strip()
    # Stages that run beside each other may meet the same fault: it is told once.
    faults = dict.fromkeys(one.strip() for one in re.split(r"^(?=ERROR: )", text, flags=re.M))
    return "\n".join(filter(None, faults))
