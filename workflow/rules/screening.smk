# Screens the works against the criteria.
#
# Expects: works/, the records, config/criteria.yaml, resources/decisions/<stage>/<round>/*.csv.
# Produces: screening/{events,judgements,final,combinations,audit,agreement}.csv.
# Configuration: criteria, combination, decisions.


rule screening:
    """Works judged by {input.criteria}, combination {params.combination}; people's decisions first."""
    input:
        records=RECORDS,
        works=WORKS,
        criteria=REVIEW.config["criteria"],
        enrichment=ENRICHMENT,
        decisions=DECISIONS,
        package=PACKAGE,
    output:
        SCREENING,
    params:
        combination=REVIEW.config["combination"],
        enrichment=option("--enrichment", ENRICHMENT),
        works=f"{BUILD}/works",
        decisions=REVIEW.config["decisions"],
        run=RUN,
        out=f"{BUILD}/screening",
    shell:
        "searchsets screening {input.records:q} --criteria {input.criteria:q}"
        " --combination {params.combination} --works {params.works:q} {params.enrichment:q}"
        " --decisions {params.decisions:q} --run {params.run} --out {params.out:q}"
