# Runs each strategy on the records of its database, on those of sources that were asked in its place,
# and on the known items.
#
# Expects: the strategies, records/<source>/ (where there are any), records/known_items/.
# Produces: search/<database>/{hits,known_items,outputs,retrieved,disagreements}.csv, matches.parquet;
# known_choices.csv and choices.parquet, what would be found under other errata, outputs and bases;
# and the same in search/<database>_in_<source>/.
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
        expand(f"{BUILD}/search/{{{{database}}}}/{{name}}", name=OF_SEARCH),
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


use rule search as search_elsewhere with:
    input:
        strategy=strategy_file,
        thesaurus=thesaurus_file,
        records=f"{BUILD}/records/{{source}}",
        known_items=f"{BUILD}/records/known_items",
        enrichment=ENRICHMENT,
        package=PACKAGE,
    output:
        expand(f"{BUILD}/search/{{{{database}}}}_in_{{{{source}}}}/{{name}}", name=OF_SEARCH),
    params:
        records=lambda wildcards: ["--records", f"{BUILD}/records/{wildcards.source}"],
        enrichment=option("--enrichment", ENRICHMENT),
        errata=REVIEW.config["errata"],
        reading=reading_of,
        out=f"{BUILD}/search/{{database}}_in_{{source}}",
