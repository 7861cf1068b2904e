# Runs each strategy on the records of its database, and on the known items.
#
# Expects: the strategies, records/<database>/ (where there is an export), records/known_items/.
# Produces: search/<database>/{hits,known_items,outputs,retrieved,disagreements}.csv, matches.parquet.
# Configuration: errata, outputs.


rule search:
    """The strategy of {wildcards.database}, errata {params.errata}, reading {params.reading}."""
    input:
        strategy=strategy_file,
        thesaurus=thesaurus_file,
        records=database_records,
        known_items=f"{BUILD}/records/known_items",
        enrichment=ENRICHMENT,
        package=PACKAGE,
    output:
        hits=f"{BUILD}/search/{{database}}/hits.csv",
        known_items=f"{BUILD}/search/{{database}}/known_items.csv",
        outputs=f"{BUILD}/search/{{database}}/outputs.csv",
        retrieved=f"{BUILD}/search/{{database}}/retrieved.csv",
        disagreements=f"{BUILD}/search/{{database}}/disagreements.csv",
        matches=f"{BUILD}/search/{{database}}/matches.parquet",
    params:
        records=records_option,
        enrichment=option("--enrichment", ENRICHMENT),
        errata=REVIEW.config["errata"],
        reading=reading_of,
        out=f"{BUILD}/search/{{database}}",
    shell:
        "searchsets search {input.strategy:q} {params.records:q} --known-items {input.known_items:q}"
        " {params.enrichment:q} --errata {params.errata} --reading {params.reading}"
        " --out {params.out:q}"
