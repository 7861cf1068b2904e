# Joins records that are one work.
#
# Expects: the records of all sources, and which of them each search retrieved.
# Produces: works/{links,decisions,versions,uncertain,balance}.csv, works.parquet.


rule dedupe:
    """Records retrieved from any database, and the known items, joined into works."""
    input:
        records=expand(f"{BUILD}/records/{{source}}", source=SOURCES),
        retrieved=expand(f"{BUILD}/search/{{database}}/retrieved.csv", database=EXPORTED),
        package=PACKAGE,
    output:
        works=f"{BUILD}/works/works.parquet",
        tables=expand(
            f"{BUILD}/works/{{name}}.csv",
            name=["links", "decisions", "versions", "uncertain", "balance"],
        ),
    params:
        retrieved=lambda wildcards, input: [
            word for path in input.retrieved for word in ("--retrieved", path)
        ],
        out=f"{BUILD}/works",
    shell:
        "searchsets dedupe {input.records:q} {params.retrieved:q} --out {params.out:q}"
