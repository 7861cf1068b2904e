# Takes over what the run that this one updates left: its records, its works, its criteria.
#
# Expects: results/<the run before>/, the records of this run, which of them its searches retrieved.
# Produces: earlier/{records,kept,criteria,recheck}.csv, records/earlier/; results/comparison/<a>--<b>/.
# Configuration: updates, limited.

LIMITED = REVIEW.config.get("limited") or {}

if BASE:

    rule remember:
        """What became of every record of {params.base}: found again, gone, changed, not searched again."""
        input:
            before=BEFORE_NOW,
            records=RECORDS_NOW,
            retrieved=RETRIEVED,
            package=PACKAGE,
        output:
            EARLIER,
            carried=directory(f"{BUILD}/records/earlier"),
        params:
            base=BEFORE,
            retrieved=option("--retrieved", RETRIEVED),
            limited=(
                ["--limited-by", LIMITED["by"], "--limited-from", LIMITED["from"]]
                if LIMITED
                else []
            ),
            out=f"{BUILD}/earlier",
        shell:
            "searchsets remember {params.base:q} {input.records:q} {params.retrieved:q}"
            " {params.limited:q} --carried {output.carried:q} --out {params.out:q}"

    rule compare:
        """What is new, gone and changed from {params.base} to this run."""
        input:
            before=BEFORE_NOW,
            run=f"results/{RUN}/manifest.json",
            package=PACKAGE,
        output:
            COMPARISON,
        params:
            base=BEFORE,
            run=f"results/{RUN}",
        shell:
            "searchsets compare {params.base:q} {params.run:q}"
