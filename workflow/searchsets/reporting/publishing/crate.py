"""Describes a run as an RO-Crate: its files, what it was made from, and by what.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) with the profile Process Run Crate 0.5
(https://w3id.org/ro/wfrun/process/0.5). The profile Workflow Run Crate is not claimed: it wants the
workflow, and the parameters of it, inside the crate, and the workflow is this program, not the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

CRATE = "ro-crate-metadata.json"
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context",
            {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}]  # fmt: skip
_PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_WORKFLOW, _ACTION, _PUBLISHER = "#workflow", "#run", "#publisher"
ENCODINGS = {
    ".bib": "application/x-bibtex",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ris": "application/x-research-info-systems",
    ".sqlite": "application/vnd.sqlite3",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
}
"""The media type of a file by the end of its name; others are named as bytes."""
_OTHER = "application/octet-stream"

Entity = dict[str, Any]


def crate_of(manifest: Mapping[str, Any], sizes: Mapping[str, int]) -> Entity:
    """Return the metadata of the crate of a run.

    What the configuration does not say is left out: a date of publication, which RO-Crate asks for,
    is not invented for a run that nobody has published.

    Args:
        manifest: what `searchsets.reporting.publishing.manifest` says of the run.
        sizes: the size in bytes of each file that the run made, and of each that it was made from.
    """
    published = manifest["configuration"].get("published") or {}
    made = [_output(name, sha, sizes[name]) for name, sha in sorted(manifest["outputs"].items())]
    made.append(_file("manifest.json", "manifest.json") | {"description": "what the run was made "
                      "from and what it made; it holds the hash of this description"})  # fmt: skip
    used = [_input(name, sha, sizes[name]) for name, sha in sorted(manifest["inputs"].items())]
    people = list(_people(published))
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": manifest["configuration"].get("title", ""),
        "description": "A run of a literature review from its search strategies to its tables: "
        f"the run {manifest['configuration'].get('run', '')!r}.",
        "conformsTo": {"@id": _PROCESS},
        "hasPart": _ids(made),
        "mentions": _ids([*used, {"@id": _ACTION}]),
    } | _publication(published)
    return {
        "@context": _CONTEXT,
        "@graph": [_descriptor(), root, _process(), _workflow(manifest), *_libraries(manifest),
                   _action(made, used, published), *people, *made, *used],
    }  # fmt: skip


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _SPECIFICATION},
    }


def _process() -> Entity:
    return {"@id": _PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}


def _publication(published: Mapping[str, Any]) -> Entity:
    """Return what the configuration says of the publication, and nothing that it does not say."""
    said: Entity = {
        "datePublished": published.get("date"),
        "license": _id(published.get("license")),
        "author": _made_by(published),
        "publisher": _id(_PUBLISHER if published.get("publisher") else None),
    }
    return {name: value for name, value in said.items() if value}


def _made_by(published: Mapping[str, Any]) -> Entity | list[Entity]:
    """Return who made the run: one stands alone, as the specification wants it."""
    authors = [{"@id": author} for author in _authors(published)]
    return authors[0] if len(authors) == 1 else authors


def _id(identity: str | None) -> Entity | None:
    return {"@id": identity} if identity else None


def _authors(published: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each author by the id that stands for the author."""
    authors = enumerate(published.get("authors", ()), start=1)
    return {one.get("orcid") or f"#author-{n}": one["name"] for n, one in authors}


def _people(published: Mapping[str, Any]) -> Iterator[Entity]:
    for identity, name in _authors(published).items():
        yield {"@id": identity, "@type": "Person", "name": name}
    if published.get("publisher"):
        yield {"@id": _PUBLISHER, "@type": "Organization", "name": published["publisher"]}
    if "license" in published:
        address = published["license"]
        yield {"@id": address, "@type": "CreativeWork", "name": address,
               "description": "the licence of this run"}  # fmt: skip


def _workflow(manifest: Mapping[str, Any]) -> Entity:
    return {
        "@id": _WORKFLOW,
        "@type": "SoftwareSourceCode",
        "name": "searchsets",
        "description": "The workflow (Snakefile) and the package that made this run; the hashes are "
        "of its code, as manifest.json explains.",
        "version": manifest["searchsets"],
        "programmingLanguage": f"Python {manifest['python']}, Snakemake",
        "softwareRequirements": [{"@id": f"#library-{name}"} for name in manifest["libraries"]],
        "identifier": [f"sha256:{value}" for _, value in sorted(manifest["code"].items())],
    }


def _libraries(manifest: Mapping[str, Any]) -> Iterator[Entity]:
    for name, version in manifest["libraries"].items():
        yield {"@id": f"#library-{name}", "@type": "SoftwareApplication", "name": name,
               "softwareVersion": version}  # fmt: skip


def _action(made: list[Entity], used: list[Entity], published: Mapping[str, Any]) -> Entity:
    """Return the act that made the run; when it happened is not said, so that bytes stay the same."""
    agents = _made_by(published)
    return {
        "@id": _ACTION,
        "@type": "CreateAction",
        "name": "the review was run",
        "description": "from the inputs named here, by ./run review; ./run verify repeats it",
        "instrument": {"@id": _WORKFLOW},
        "object": _ids(used),
        "result": _ids(made),
    } | ({"agent": agents} if agents else {})


def _output(name: str, sha: str, size: int) -> Entity:
    return _file(quote(name), name) | {"sha256": sha, "contentSize": str(size)}


def _input(name: str, sha: str, size: int) -> Entity:
    """Return a file that lies outside the crate: it is named, with its hash, and is no part of it."""
    identity = f"#input/{quote(name)}"
    return _file(identity, name) | {
        "@type": "CreativeWork",
        "sha256": sha,
        "contentSize": str(size),
    }


def _file(identity: str, name: str) -> Entity:
    encoding = ENCODINGS.get(PurePosixPath(name).suffix.lower(), _OTHER)
    return {"@id": identity, "@type": "File", "name": name, "encodingFormat": encoding}


def _ids(entities: list[Entity]) -> list[Entity]:
    return [{"@id": one["@id"]} for one in entities]
