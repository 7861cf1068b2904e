# Screens the works against the criteria.
#
# Expects: works/, the records, config/criteria.yaml, resources/decisions/<stage>/<round>/*.csv.
# Produces: screening/{events,judgements,final,stages,flow,combinations,audit,agreement,...}.csv,
# and screening/audit.txt, without which nothing is published.
# Configuration: criteria, combination, decisions, screening.

PROTOCOL = REVIEW.config["screening"]
LAST_SEARCHES = [
    s.searched["until"] for s in REVIEW.strategies.values() if s.searched["until"][:1].isdigit()
]


rule screening:
    """Works judged by {input.criteria}, combination {params.combination}; people's decisions first."""
    input:
        records=RECORDS,
        works=WORKS,
        criteria=REVIEW.config["criteria"],
        places=PLACES,
        enrichment=ENRICHMENT,
        log=LOG_NOW,
        earlier=EARLIER,
        package=PACKAGE,
    output:
        SCREENING,
    params:
        combination=REVIEW.config["combination"],
        enrichment=option("--enrichment", ENRICHMENT),
        works=f"{BUILD}/works",
        decisions=REVIEW.config["decisions"],
        run=RUN,
        earlier=option("--earlier", [f"{BUILD}/earlier"] if BASE else []),
        later=option("--later", later_than(RUNS, RUN)),
        screeners=option("--screeners", named(PROTOCOL["screeners"])),
        open_stages=option("--open", PROTOCOL["open_stages"]),
        counted=option("--count", PROTOCOL["count_as_votes"]),
        accept=option("--accept", PROTOCOL["accepted_criteria"]),
        severity=option("--severity", named(PROTOCOL["severities"])),
        last_search=option("--last-search", [max(LAST_SEARCHES)] if LAST_SEARCHES else []),
        out=f"{BUILD}/screening",
    shell:
        "searchsets screening run {input.records:q} --criteria {input.criteria:q}"
        " --combination {params.combination} --works {params.works:q} {params.enrichment:q}"
        " --decisions {params.decisions:q} --run {params.run} {params.earlier:q} {params.later:q}"
        " {params.screeners:q}"
        " {params.open_stages:q} {params.counted:q} {params.accept:q} {params.severity:q}"
        " {params.last_search:q} --out {params.out:q}"


rule audit:
    """Stops the run if the audit of the log found an error, or the log lost what the last run had."""
    input:
        audit=f"{BUILD}/screening/audit.csv",
        log=LOG_NOW,
        package=PACKAGE,
    output:
        AUDITED,
    params:
        decisions=REVIEW.config["decisions"],
        seals=f"results/{RUN}/screening/seals.csv",  # of the run before, if there was one
    shell:
        "searchsets screening passed {input.audit:q} --decisions {params.decisions:q}"
        " --seals {params.seals:q} --out {output:q}"
