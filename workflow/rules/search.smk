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
        hits=f"{BUILD}/search/{{database}}/hits.csv",
        known_items=f"{BUILD}/search/{{database}}/known_items.csv",
        outputs=f"{BUILD}/search/{{database}}/outputs.csv",
        retrieved=f"{BUILD}/search/{{database}}/retrieved.csv",
        disagreements=f"{BUILD}/search/{{database}}/disagreements.csv",
        matches=f"{BUILD}/search/{{database}}/matches.parquet",
        known_choices=f"{BUILD}/search/{{database}}/known_choices.csv",
        choices=f"{BUILD}/search/{{database}}/choices.parquet",
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
        hits=f"{BUILD}/search/{{database}}_in_{{source}}/hits.csv",
        known_items=f"{BUILD}/search/{{database}}_in_{{source}}/known_items.csv",
        outputs=f"{BUILD}/search/{{database}}_in_{{source}}/outputs.csv",
        retrieved=f"{BUILD}/search/{{database}}_in_{{source}}/retrieved.csv",
        disagreements=f"{BUILD}/search/{{database}}_in_{{source}}/disagreements.csv",
        matches=f"{BUILD}/search/{{database}}_in_{{source}}/matches.parquet",
        known_choices=f"{BUILD}/search/{{database}}_in_{{source}}/known_choices.csv",
        choices=f"{BUILD}/search/{{database}}_in_{{source}}/choices.parquet",
    params:
        records=lambda wildcards: ["--records", f"{BUILD}/records/{wildcards.source}"],
        enrichment=option("--enrichment", ENRICHMENT),
        errata=REVIEW.config["errata"],
        reading=reading_of,
        out=f"{BUILD}/search/{{database}}_in_{{source}}",
