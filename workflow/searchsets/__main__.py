"""`python -m searchsets` is the command `searchsets`."""

import gc
import os
import sys

# A stage imports much and is soon done: looking for garbage as often as usual takes a tenth of it.
gc.set_threshold(200_000)

_USE_PANDAS = ("tables",)


class _NoPandas:
    """Hides pandas. pyarrow imports it at its first use if it is there, which takes longer than most
    of our stages, and only one has a use for it.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("not needed here", name=fullname)


if not set(_USE_PANDAS).intersection(sys.argv[1:2]):
    sys.meta_path.insert(0, _NoPandas())

from searchsets.cli import main  # noqa: E402 (after what it must not import is hidden)

try:
    main(prog_name="searchsets")
except SystemExit as ended:
    # The system takes the memory back at once; Python would take a million records apart for seconds.
    if isinstance(ended.code, str):
        sys.stderr.write(f"{ended.code}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
