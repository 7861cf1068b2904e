"""Opens the templates of pages: what they name must be there, and no text becomes markup by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2


def template(path: Path, **known: Any) -> jinja2.Template:
    """Return a template.

    Args:
        path: the template, which may take parts from others beside it.
        known: what it, and these, can use besides the values that it is rendered with.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(known)
    return environment.get_template(path.name)
