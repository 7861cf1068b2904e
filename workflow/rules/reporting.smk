# Makes the review tables, the flow, the documents and the page, and publishes the run.
#
# Expects: everything above.
# Produces: evidence/{databases,together}.csv, choices/*, flow/records.csv, tables/*.csv, figures/*,
# tables/review_tables.{xlsx,docx,html,md}, tables/methods.md, handover/<database>/request.md, bibliography/*, report.html,
# review.sqlite, review.metadata.json; then results/<run>/ with ro-crate-metadata.json and
# manifest.json.
# Configuration: all of it, as {BUILD}/config.json.


rule database_overlap:
    """How far the databases find the same works, and the same known items."""
    input:
        why=expand(f"{BUILD}/evidence/{{database}}/why.csv", database=DATABASES),
        retrieved=expand(f"{BUILD}/search/{{database}}/retrieved.csv", database=DATABASES),
        links=f"{BUILD}/works/links.csv",
        package=PACKAGE,
    output:
        databases=f"{BUILD}/evidence/databases.csv",
        together=f"{BUILD}/evidence/together.csv",
    params:
        databases=DATABASES,
        build=BUILD,
        out=f"{BUILD}/evidence",
    shell:
        "searchsets evidence databases {params.databases:q} --build {params.build:q}"
        " --out {params.out:q}"


rule choices:
    """What the run would hold, had its choices been others: for a table and the page."""
    input:
        stages=[*RECORDS, *LOGS, SITE_STATES, *SEARCHES, *WORKS, *SCREENING],
        strategies=[str(strategy.path) for strategy in REVIEW.strategies.values()],
        config=CONFIG,
        criteria=REVIEW.config["criteria"],
        package=PACKAGE,
    output:
        CHOICES,
    params:
        build=BUILD,
        out=f"{BUILD}/choices",
    shell:
        "searchsets choices {params.build:q} --config {input.config:q} --out {params.out:q}"


rule tables:
    """The review tables as CSV, and the drawings."""
    input:
        stages=[
            *LINES,
            *RECORDS,
            *LOGS,
            SITE_STATES,
            *SEARCHES,
            *WORKS,
            *EVIDENCE,
            *SCREENING,
            AUDITED,
            *CHOICES,
        ],
        config=CONFIG,
        criteria=REVIEW.config["criteria"],
        concepts=CONCEPTS,
        people=ENRICHMENT + EXTRACTION + SUPPLIED + VOCABULARY,
        package=PACKAGE,
    output:
        TABLES,
    params:
        build=BUILD,
        out=f"{BUILD}/tables",
    shell:
        "searchsets tables {params.build:q} --config {input.config:q} --out {params.out:q}"


rule request:
    """The letter that asks for the records of {wildcards.database}, which is not searchable."""
    input:
        strategy=strategy_file,
        config=CONFIG,
        package=PACKAGE,
    output:
        letter=f"{BUILD}/handover/{{database}}/request.md",
    params:
        first=REVIEW.config["window"]["from"],
        last=REVIEW.config["window"]["until"],
    shell:
        "searchsets strategy request {input.strategy:q} --from {params.first} --until {params.last}"
        " --out {output.letter:q}"


rule documents:
    """The review tables as documents, the methods, and the bibliographies."""
    input:
        tables=TABLES,
        works=WORKS,
        records=RECORDS,
        final=f"{BUILD}/screening/final.csv",
        config=CONFIG,
        package=PACKAGE,
    output:
        DOCUMENTS,
    params:
        build=BUILD,
        out=f"{BUILD}/tables",
    shell:
        "searchsets documents {params.build:q} --config {input.config:q} --out {params.out:q}"


rule page:
    """The page, made from the tables."""
    input:
        tables=TABLES,
        choices=CHOICES,
        config=CONFIG,
        concepts=CONCEPTS,
        package=PACKAGE,
    output:
        page=PAGE,
    params:
        build=BUILD,
    shell:
        "searchsets page {params.build:q} --config {input.config:q} --out {output.page:q}"


rule database:
    """The run as one database, from the files of all stages."""
    input:
        stages=[
            *LINES,
            *RECORDS,
            *LOGS,
            SITE_STATES,
            *SEARCHES,
            *WORKS,
            *SCREENING,
            AUDITED,
            f"{BUILD}/flow/records.csv",
        ],
        config=CONFIG,
        package=PACKAGE,
    output:
        DATABASE,
    params:
        build=BUILD,
    shell:
        "searchsets database {params.build:q} --config {input.config:q} --out {output[0]:q}"


rule publish:
    """The finished run takes the place of the one before it."""
    input:
        stages=STAGE_OUTPUTS,
        brought=BROUGHT,
        inputs=INPUTS,
        package=PACKAGE,
    output:
        manifest=f"results/{RUN}/manifest.json",
    params:
        build=BUILD,
        out=f"results/{RUN}",
    shell:
        "searchsets publish {params.build:q} --out {params.out:q} --inputs {input.inputs:q}"
