# Makes the review tables, the flow and the page, and publishes the run.
#
# Expects: everything above.
# Produces: tables/*.csv, tables/review_tables.xlsx, figures/prisma.svg, report.html; then
# results/<run>/ with manifest.json.
# Configuration: all of it, as {BUILD}/config.json.


rule tables:
    """The review tables, as CSV and as one workbook, and the flow diagram."""
    input:
        config=CONFIG,
        strategies=expand(
            f"{BUILD}/strategies/{{database}}/{{name}}.csv",
            database=DATABASES,
            name=["lines", "explosions", "errata"],
        ),
        search=expand(
            f"{BUILD}/search/{{database}}/{{name}}.csv",
            database=DATABASES,
            name=["hits", "known_items", "outputs", "retrieved", "disagreements"],
        ),
        log=f"{BUILD}/records/import_log.csv",
        works=f"{BUILD}/works/balance.csv",
        screening=f"{BUILD}/screening/final.csv",
        criteria=REVIEW.config["criteria"],
        people=ENRICHMENT + EXTRACTION,
        package=PACKAGE,
    output:
        contents=f"{BUILD}/tables/contents.csv",
        workbook=f"{BUILD}/tables/review_tables.xlsx",
        flow=f"{BUILD}/figures/prisma.svg",
    params:
        build=BUILD,
        out=f"{BUILD}/tables",
    shell:
        "searchsets tables {params.build:q} --config {input.config:q} --out {params.out:q}"


rule page:
    """The page, made from the tables."""
    input:
        config=CONFIG,
        contents=f"{BUILD}/tables/contents.csv",
        flow=f"{BUILD}/figures/prisma.svg",
        package=PACKAGE,
    output:
        page=f"{BUILD}/report.html",
    params:
        build=BUILD,
    shell:
        "searchsets page {params.build:q} --config {input.config:q} --out {output.page:q}"


rule publish:
    """The finished run takes the place of the one before it."""
    input:
        page=f"{BUILD}/report.html",
        matches=expand(f"{BUILD}/search/{{database}}/matches.parquet", database=DATABASES),
        package=PACKAGE,
    output:
        manifest=f"results/{RUN}/manifest.json",
    params:
        build=BUILD,
        out=f"results/{RUN}",
        inputs=[
            word
            for path in sorted(
                {
                    *(str(strategy.path) for strategy in REVIEW.strategies.values()),
                    *THESAURI.values(),
                    *(str(export.path) for files in REVIEW.exports.values() for export in files),
                    *map(str, Path(KNOWN_ITEMS).glob("*.ris")),
                    *ENRICHMENT,
                    *EXTRACTION,
                    *DECISIONS,
                    REVIEW.config["criteria"],
                }
            )
            for word in ("--input", path)
        ],
    shell:
        "searchsets publish {params.build:q} --out {params.out:q} {params.inputs:q}"
