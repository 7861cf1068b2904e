# Says what each line of the strategies brings, and why known items are found or not.
#
# Expects: the strategies, records/<database>/ of all databases with an export, records/known_items/,
# search/<database>/matches.parquet.
# Produces: evidence/<database>/{lines,forms,overlap,why,years}.csv.
# Configuration: errata, outputs.


rule evidence:
    """What each line of {wildcards.database} is worth, and why known items are found or not."""
    input:
        strategy=strategy_file,
        thesaurus=thesaurus_file,
        records=EXPORTED_RECORDS,
        known_items=f"{BUILD}/records/known_items",
        enrichment=ENRICHMENT,
        package=PACKAGE,
    output:
        lines=f"{BUILD}/evidence/{{database}}/lines.csv",
        forms=f"{BUILD}/evidence/{{database}}/forms.csv",
        overlap=f"{BUILD}/evidence/{{database}}/overlap.csv",
        why=f"{BUILD}/evidence/{{database}}/why.csv",
    params:
        records=option("--records", EXPORTED_RECORDS),
        enrichment=option("--enrichment", ENRICHMENT),
        errata=REVIEW.config["errata"],
        reading=reading_of,
        out=f"{BUILD}/evidence/{{database}}",
    shell:
        "searchsets evidence lines {input.strategy:q} {params.records:q}"
        " --known-items {input.known_items:q} {params.enrichment:q} --errata {params.errata}"
        " --reading {params.reading} --out {params.out:q}"


rule evidence_years:
    """How many records of each year the lines of {wildcards.database} find."""
    input:
        strategy=strategy_file,
        matches=f"{BUILD}/search/{{database}}/matches.parquet",
        records=database_records,
        package=PACKAGE,
    output:
        years=f"{BUILD}/evidence/{{database}}/years.csv",
    params:
        records=records_option,
        out=f"{BUILD}/evidence/{{database}}",
    shell:
        "searchsets evidence years {input.strategy:q} --matches {input.matches:q} {params.records:q}"
        " --out {params.out:q}"
