# What all rules share: the checked configuration, where a run is built, and how it ends.
#
# A run is built in results/.build/<run>/ and published to results/<run>/ when all of it is there.
# So a run that fails leaves the results of the run before it whole.

import os
import shutil
import sys
from pathlib import Path

# Jobs run this checkout's package with the interpreter that runs Snakemake.
CHECKOUT = Path(workflow.basedir)
sys.path.insert(0, str(CHECKOUT / "workflow"))
BUILDS = Path("results/.build")
ERRORS = BUILDS / "errors.txt"
os.environ.update(
    PYTHONPATH=str(CHECKOUT / "workflow"),
    PATH=os.pathsep.join(
        [
            str(CHECKOUT / "workflow/bin"),
            str(Path(sys.executable).parent),
            os.getenv("PATH", ""),
        ]
    ),
    SEARCHSETS_ERRORS=str(ERRORS.absolute()),
)

from searchsets.errors import ReviewError
from searchsets.files import json_text, sha256_of, write_text
from searchsets.reporting.publishing.stage import is_whole
from searchsets.review import brought, load_review
from searchsets.runs import later_than, read_runs, settings_of
from searchsets.screening.log.paths import log_paths
from searchsets.settings import read_document
from searchsets.sources.supplied import tables_of
from searchsets.sources.websites.kept import has_answers, listed_files


def checked(step, *arguments):
    """Do what may find a mistake of a person's; tell it and stop, without Snakemake's words."""
    try:
        return step(*arguments)
    except ReviewError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        sys.exit(2)


checked(read_document, Path("config/config.yaml"), "config")


configfile: "config/config.yaml"


# What runs.yaml says of this run goes before config.yaml, and the command line before both.
RUNS = checked(read_runs)
config = settings_of(config, workflow.config_settings.overwrite_config, RUNS)

REVIEW = checked(load_review, config)

RUN = REVIEW.run
BUILD = f"{BUILDS.as_posix()}/{RUN}"
DATABASES = list(REVIEW.strategies)
# Services that were asked for a strategy: the database itself, or another in its place.
HARVESTED = {harvest.source for harvest in REVIEW.harvests}
EXPORTED = [
    database
    for database, files in REVIEW.exports.items()
    if files or database in HARVESTED
]
# Closed databases of which nobody brought an export.
UNSEARCHABLE = [d for d, s in REVIEW.strategies.items() if s.is_closed and d not in EXPORTED]
STAND_INS = sorted(HARVESTED.difference(DATABASES))
# Searches of a strategy in another source than its own database, as <strategy>_in_<source>.
ELSEWHERE = sorted(
    {f"{h.strategy}_in_{h.source}" for h in REVIEW.harvests if h.is_stand_in}
)
SITES_STORE = Path(REVIEW.config["harvest"]) / "websites"
# Sources beside the databases (searchsets.records.other_sources), where they hold records.
OTHER = [
    *(["websites"] if checked(has_answers, SITES_STORE, REVIEW.sites) else []),
    *(["supplied"] if any(entry.is_document for entry in REVIEW.supplied) else []),
]
# The run that this one updates, if it updates one (workflow/rules/updates.smk).
BASE = REVIEW.config.get("updates", "")
BROUGHT_NOW = ["known_items", *EXPORTED, *STAND_INS, *OTHER]
SOURCES = [*BROUGHT_NOW, *(["earlier"] if BASE else [])]
KNOWN_ITEMS = REVIEW.config["known_items"]
SUPPLIED = list(map(str, tables_of(Path(REVIEW.config["supplied"]))))
ENRICHMENT = [path for path in [f"{KNOWN_ITEMS}/enrichment.csv"] if Path(path).exists()]
DECIDED = Path(REVIEW.config["decisions"])
DECISIONS = list(map(str, log_paths(DECIDED)))
SEALS = list(map(str, log_paths(DECIDED, ".seal")))
VOCABULARY = [path for path in [REVIEW.config["vocabulary"]] if Path(path).exists()]
PLACES = sorted({str(path) for path in REVIEW.criteria.tables})  # named by the criteria
PAIRS = DECIDED / "dedupe"  # what people decided about pairs of records
PAIR_FILES = sorted(map(str, PAIRS.rglob("*.csv")))
EXTRACTION = sorted(map(str, Path(REVIEW.config["extraction"]).glob("*.csv")))
EXPORTS_TABLES = [
    str(path)
    for path in (
        Path(REVIEW.config["exports"]) / "exports.csv",
        Path(REVIEW.config["exports_table"]),
    )
    if path.exists()
]
CONCEPTS = [  # which terms are one concept, which sets one set; a review need not say it
    path
    for path in (REVIEW.config["concepts_table"], REVIEW.config["sets_table"])
    if Path(path).exists()
]
COLUMNS = [path for path in [REVIEW.config["columns_table"]] if Path(path).exists()]
WEBSITES = [path for path in [REVIEW.config["websites"]] if Path(path).exists()]
THESAURI = {d: s.thesaurus["file"] for d, s in REVIEW.strategies.items() if s.thesaurus}


def written_if_changed(path, text):
    """Write a small file only when it says something new, so that its date makes nothing old."""
    if not Path(path).exists() or Path(path).read_text(encoding="utf-8") != text:
        write_text(Path(path), text)
    return path


# Snakemake does not see edits of the package by itself: this file changes with every edit.
PACKAGE = written_if_changed(
    f"{BUILDS.as_posix()}/package.txt",
    "".join(
        f"{sha256_of(path)}  {path.relative_to(CHECKOUT)}\n"
        for path in sorted((CHECKOUT / "workflow/searchsets").rglob("*"))
        if path.suffix in (".py", ".lark", ".css", ".js", ".jinja", ".toml", ".csv", ".ttf")
    ),
)
# The configuration as this run has it, command line included.
CONFIG = written_if_changed(f"{BUILD}/config.json", json_text(REVIEW.config))

# The kept pages of websites may be thousands: this file changes with any of them.
KEPT_PAGES = written_if_changed(
    f"{BUILD}/kept_pages.txt",
    "".join(
        f"{sha256_of(path)}  {path.relative_to(SITES_STORE).as_posix()}\n"
        for path in listed_files(SITES_STORE, REVIEW.sites)
    ),
)

# Files of decisions may come with an old date (from a shared drive, or a copy): this file changes
# with what they say.
LOG_NOW = written_if_changed(
    f"{BUILD}/decisions.txt",
    "".join(
        f"{sha256_of(Path(path))}  {Path(path).relative_to(DECIDED).as_posix()}\n"
        for path in [*DECISIONS, *SEALS]
    ),
)

# What a source left in the build that has no strategy, or no records, any more.
for _stage, _kept in (
    ("strategies", DATABASES),
    ("search", [*DATABASES, *ELSEWHERE]),
    ("evidence", DATABASES),
    ("handover", UNSEARCHABLE),
    ("records", SOURCES),
):
    for _folder in Path(BUILD, _stage).glob("*/"):
        if _folder.name not in _kept:
            shutil.rmtree(_folder)

# What an update took over, where this run updates none any more.
if not BASE:
    shutil.rmtree(Path(BUILD, "earlier"), ignore_errors=True)
    Path(BUILD, "screening/recheck.csv").unlink(missing_ok=True)

# A published file that somebody deleted is put back.
if Path(f"results/{RUN}/manifest.json").exists() and not is_whole(
    Path(f"results/{RUN}")
):
    Path(f"results/{RUN}/manifest.json").unlink()

ERRORS.unlink(missing_ok=True)

# This file changes with what the run before publishes.
BEFORE = f"results/{BASE}"
BEFORE_NOW = (
    written_if_changed(
        f"{BUILD}/before.txt", f"{sha256_of(Path(BEFORE, 'manifest.json'))}\n"
    )
    if BASE
    else []
)

COMPARISON = [f"results/comparison/{BASE}--{RUN}/manifest.json"] if BASE else []

# What the stages write into the build, by stage.
LINES = expand(
    f"{BUILD}/strategies/{{database}}/{{name}}.csv",
    database=DATABASES,
    name=["lines", "expansions", "errata"],
)
RECORDS = expand(f"{BUILD}/records/{{source}}", source=SOURCES)
RECORDS_NOW = expand(f"{BUILD}/records/{{source}}", source=BROUGHT_NOW)
EXPORTED_RECORDS = expand(f"{BUILD}/records/{{database}}", database=EXPORTED)
LOGS = [f"{BUILD}/records/import_log.csv", f"{BUILD}/records/broken.csv"]
SITE_STATES = f"{BUILD}/records/websites.csv"
OF_SEARCH = [
    "hits.csv",
    "known_items.csv",
    "outputs.csv",
    "retrieved.csv",
    "disagreements.csv",
    "matches.parquet",
    "known_choices.csv",
    "choices.parquet",
]
SEARCHES = expand(
    f"{BUILD}/search/{{search}}/{{name}}", search=[*DATABASES, *ELSEWHERE], name=OF_SEARCH
)
RETRIEVED = expand(
    f"{BUILD}/search/{{search}}/retrieved.csv", search=[*EXPORTED, *ELSEWHERE]
)
EARLIER = [
    f"{BUILD}/earlier/{name}.csv" for name in ("records", "kept", "criteria", "recheck") if BASE
]
WORKS = expand(
    f"{BUILD}/works/{{name}}",
    name=[
        "works.parquet",
        "links.csv",
        "decisions.csv",
        "versions.csv",
        "uncertain.csv",
        "balance.csv",
        "checks.csv",
    ],
)
SCREENING = expand(
    f"{BUILD}/screening/{{name}}.csv",
    name=[
        "events",
        "judgements",
        "final",
        "stages",
        "flow",
        "combinations",
        "criteria",
        "audit",
        "agreement",
        "agreement_together",
        "seals",
        *(["recheck"] if BASE else []),
    ],
)
AUDITED = f"{BUILD}/screening/audit.txt"  # there only if the audit found no error
EVIDENCE = [
    *expand(
        f"{BUILD}/evidence/{{database}}/{{name}}.csv",
        database=DATABASES,
        name=["lines", "forms", "overlap", "why", "years"],
    ),
    f"{BUILD}/evidence/databases.csv",
    f"{BUILD}/evidence/together.csv",
]
CHOICES = expand(
    f"{BUILD}/choices/{{name}}",
    name=["choices.json", "records.csv", "works.csv", "known_items.csv"],
)
TABLES = [
    f"{BUILD}/tables/contents.csv",
    f"{BUILD}/figures/years.svg",
    *expand(
        f"{BUILD}/figures/{{name}}.{{end}}",
        name=["prisma", *(["prisma_published"] if "published_review" in REVIEW.config else [])],
        end=["svg", "pdf", "png"],
    ),
    f"{BUILD}/figures/PRISMA.csv",
    f"{BUILD}/flow/records.csv",
    *expand(f"{BUILD}/figures/logic_{{database}}.svg", database=DATABASES),
    *expand(f"{BUILD}/figures/words_{{database}}.svg", database=EXPORTED),
]
REQUESTS = expand(f"{BUILD}/handover/{{database}}/request.md", database=UNSEARCHABLE)
DOCUMENTS = [
    *expand(f"{BUILD}/tables/review_tables.{{ending}}", ending=["xlsx", "docx", "html", "md"]),
    f"{BUILD}/tables/methods.md",
    *expand(
        f"{BUILD}/bibliography/{{works}}.{{ending}}",
        works=["included", "excluded"],
        ending=["ris", "bib", "json"],
    ),
]
PAGE = f"{BUILD}/report.html"
DATABASE = [f"{BUILD}/review.sqlite", f"{BUILD}/review.metadata.json"]
STAGE_OUTPUTS = [
    *LINES,
    *RECORDS,
    *LOGS,
    SITE_STATES,
    *SEARCHES,
    *EARLIER,
    *WORKS,
    *EVIDENCE,
    *SCREENING,
    AUDITED,
    *CHOICES,
    *TABLES,
    *DOCUMENTS,
    *REQUESTS,
    PAGE,
    *DATABASE,
]

# Every file that people wrote or kept and this run is made from.
KINDS = checked(brought, REVIEW)
BROUGHT = sorted({str(path) for paths in KINDS.values() for path in paths})
INPUTS = written_if_changed(
    f"{BUILD}/inputs.json",
    json_text({kind: list(map(str, paths)) for kind, paths in KINDS.items()}),
)


wildcard_constraints:
    database="|".join(DATABASES),
    stand_in="|".join(STAND_INS) or "none",
    source="|".join([*EXPORTED, *STAND_INS]) or "none",


def strategy_file(wildcards):
    return str(REVIEW.strategies[wildcards.database].path)


def thesaurus_file(wildcards):
    return THESAURI.get(wildcards.database, [])


def export_files(wildcards):
    return [
        *(str(export.path) for export in REVIEW.exports[wildcards.database]),
        *harvest_files(wildcards.database),
    ]


def harvest_files(source):
    return [str(path) for h in REVIEW.harvests if h.source == source for path in h.files]


def harvest_option(source):
    return option("--store", [REVIEW.config["harvest"]] if source in HARVESTED else [])


def database_records(wildcards):
    return (
        f"{BUILD}/records/{wildcards.database}"
        if wildcards.database in EXPORTED
        else []
    )


def reading_of(wildcards):
    return REVIEW.reading_name(wildcards.database)


def earlier_option():
    return option("--earlier", [BEFORE] if BASE else [])


def option(name, paths):
    """Return a command's option once for each path, as words to be quoted."""
    return [word for path in paths for word in (name, str(path))]


def named(values):
    """Return a mapping as the words NAME=VALUE."""
    return [f"{name}={value}" for name, value in values.items()]


def records_option(wildcards):
    return option(
        "--records",
        [database_records(wildcards)] if database_records(wildcards) else [],
    )


onsuccess:
    print(f"\nThe review is made: open results/{RUN}/report.html", file=sys.stderr)


onerror:
    print(
        "\nThe review stopped; the results of the run before it are as they were.",
        file=sys.stderr,
    )
    if ERRORS.exists():
        print(ERRORS.read_text(encoding="utf-8"), file=sys.stderr)
