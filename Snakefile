# The review, from its search strategies to its tables. ./run review runs this.
# Each stage is one file of rules; each rule is one `searchsets` command.

from snakemake.utils import min_version

min_version("9.12")


include: "workflow/rules/common.smk"
include: "workflow/rules/strategies.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/updates.smk"
include: "workflow/rules/dedupe.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/reporting.smk"


rule all:
    """The published run. The files of all stages are asked for too: Snakemake would not miss an
    intermediate file that a failed job took away, and would call the old results up to date.
    """
    default_target: True
    input:
        STAGE_OUTPUTS,
        f"results/{RUN}/manifest.json",
        COMPARISON,
