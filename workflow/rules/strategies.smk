# Parses the strategies.
#
# Expects: search_strategies/<database>.yaml and the thesaurus it names.
# Produces: strategies/<database>/{lines,expansions,errata}.csv.
# Configuration: errata.


rule strategy_lines:
    """The lines of {wildcards.database} as printed, parsed, with what its descriptors stand for."""
    input:
        strategy=strategy_file,
        thesaurus=thesaurus_file,
        package=PACKAGE,
    output:
        lines=f"{BUILD}/strategies/{{database}}/lines.csv",
        expansions=f"{BUILD}/strategies/{{database}}/expansions.csv",
        errata=f"{BUILD}/strategies/{{database}}/errata.csv",
    params:
        errata=REVIEW.config["errata"],
        out=f"{BUILD}/strategies/{{database}}",
    shell:
        "searchsets strategy lines {input.strategy:q} --errata {params.errata} --out {params.out:q}"
