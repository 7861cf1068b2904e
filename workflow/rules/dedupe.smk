# Joins records that are one work, links versions, and lists what a person should look at.
#
# Expects: the records of all sources, which of them each search retrieved, what people decided,
# and what is remembered of the run that this one updates.
# Produces: works/{links,decisions,versions,uncertain,balance,checks}.csv, works.parquet.
# Configuration: dedupe, decisions.

POLICY = REVIEW.config["dedupe"]


rule dedupe:
    """Records retrieved from any database, and all of the other sources, joined into works."""
    input:
        records=RECORDS,
        retrieved=RETRIEVED,
        decisions=PAIR_FILES,
        earlier=EARLIER,
        package=PACKAGE,
    output:
        WORKS,
    params:
        retrieved=option(
            "--retrieved", [*RETRIEVED, *(one for one in EARLIER if "kept" in one)]
        ),
        earlier=option("--earlier", EARLIER[:1]),
        later=option("--later", later_than(RUNS, RUN)),
        prefer=option("--prefer", POLICY["prefer"]),
        collapse=option("--collapse", POLICY["collapse"]),
        single=option("--single", POLICY["no_duplicates_within"]),
        queue=POLICY["queue"],
        decisions=option("--decisions", [PAIRS] if PAIRS.exists() else []),
        run=RUN,
        out=f"{BUILD}/works",
    shell:
        "searchsets dedupe {input.records:q} {params.retrieved:q} {params.prefer:q}"
        " {params.collapse:q} {params.single:q} --queue {params.queue}"
        " {params.decisions:q} {params.earlier:q} {params.later:q} --run {params.run} --out {params.out:q}"
