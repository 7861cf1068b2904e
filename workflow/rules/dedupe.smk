# Joins records that are one work.
#
# Expects: the records of all sources, and which of them each search retrieved.
# Produces: works/{links,decisions,versions,uncertain,balance}.csv, works.parquet.

RETRIEVED = expand(f"{BUILD}/search/{{database}}/retrieved.csv", database=EXPORTED)


rule dedupe:
    """Records retrieved from any database, and the known items, joined into works."""
    input:
        records=RECORDS,
        retrieved=RETRIEVED,
        package=PACKAGE,
    output:
        WORKS,
    params:
        retrieved=option("--retrieved", RETRIEVED),
        out=f"{BUILD}/works",
    shell:
        "searchsets dedupe {input.records:q} {params.retrieved:q} --out {params.out:q}"
