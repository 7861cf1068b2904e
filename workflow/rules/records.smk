# Reads records.
#
# Expects: <exports>/<database>/* with exports.csv, resources/harvest/<source>/<strategy>/<name>/,
# resources/harvest/websites/<site>/, resources/known_items/*.ris, and resources/supplied/*.csv.
# Produces: records/<source>/ (Parquet shards and logs), records/import_log.csv, broken.csv,
# websites.csv.
# Configuration: exports, exports_table, columns_table, strict, known_items, harvest, websites,
# supplied.


rule import_records:
    """All export files of {wildcards.database}, and what was harvested of it, as one table."""
    input:
        files=export_files,
        table=EXPORTS_TABLES,
        columns=COLUMNS,
        before=BEFORE_NOW,
        package=PACKAGE,
    output:
        records=directory(f"{BUILD}/records/{{database}}"),
    params:
        exports=REVIEW.config["exports"],
        table=REVIEW.config["exports_table"],
        columns=option("--columns", COLUMNS),
        store=lambda wildcards: harvest_option(wildcards.database),
        strict=["--strict"] if REVIEW.config["strict"] else [],
        earlier=earlier_option(),
    shell:
        "searchsets records import {wildcards.database} --exports {params.exports:q}"
        " --table {params.table:q} {params.columns:q} {params.store:q} {params.strict:q}"
        " {params.earlier:q} --out {output.records:q}"


rule import_harvest:
    """What {wildcards.stand_in} answered, as one table of records."""
    input:
        files=lambda wildcards: harvest_files(wildcards.stand_in),
        before=BEFORE_NOW,
        package=PACKAGE,
    output:
        records=directory(f"{BUILD}/records/{{stand_in}}"),
    params:
        store=REVIEW.config["harvest"],
        earlier=earlier_option(),
    shell:
        "searchsets records harvested {wildcards.stand_in} --store {params.store:q}"
        " {params.earlier:q} --out {output.records:q}"


rule import_known_items:
    """The review's own literature as records."""
    input:
        files=sorted(map(str, Path(KNOWN_ITEMS).glob("*.ris"))),
        before=BEFORE_NOW,
        package=PACKAGE,
    output:
        records=directory(f"{BUILD}/records/known_items"),
    params:
        folder=KNOWN_ITEMS,
        earlier=earlier_option(),
    shell:
        "searchsets records known-items {params.folder:q} {params.earlier:q} --out {output.records:q}"


rule import_supplied:
    """The documents that organisations sent as records."""
    input:
        tables=SUPPLIED,
        before=BEFORE_NOW,
        package=PACKAGE,
    output:
        records=directory(f"{BUILD}/records/supplied"),
    params:
        folder=REVIEW.config["supplied"],
        earlier=earlier_option(),
    shell:
        "searchsets records supplied {params.folder:q} {params.earlier:q} --out {output.records:q}"


rule import_websites:
    """The documents that were found on websites as records."""
    input:
        pages=KEPT_PAGES,
        sites=WEBSITES,
        before=BEFORE_NOW,
        package=PACKAGE,
    output:
        records=directory(f"{BUILD}/records/websites"),
    params:
        sites=REVIEW.config["websites"],
        store=SITES_STORE,
        earlier=earlier_option(),
    shell:
        "searchsets records websites --sites {params.sites:q} --store {params.store:q}"
        " {params.earlier:q} --out {output.records:q}"


rule website_states:
    """How far each website is: complete, blocked, stopped or not harvested."""
    input:
        pages=KEPT_PAGES,
        sites=WEBSITES,
        package=PACKAGE,
    output:
        states=SITE_STATES,
    params:
        sites=REVIEW.config["websites"],
        store=SITES_STORE,
    shell:
        "searchsets records website-states --sites {params.sites:q} --store {params.store:q}"
        " --out {output.states:q}"


rule import_log:
    """What came in, from where, and what broke, for all sources."""
    input:
        records=RECORDS,
        package=PACKAGE,
    output:
        log=f"{BUILD}/records/import_log.csv",
        broken=f"{BUILD}/records/broken.csv",
    shell:
        "searchsets records log {input.records:q} --log {output.log:q} --broken {output.broken:q}"
