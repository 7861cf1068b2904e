# The review, from its search strategies to its tables. ./run review runs this.
# Each stage is one file of rules; each rule is one `searchsets` command.

from snakemake.utils import min_version

min_version("9.12")

configfile: "config/config.yaml"

include: "workflow/rules/common.smk"
include: "workflow/rules/strategies.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/dedupe.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/reporting.smk"


rule all:
    default_target: True
    input:
        f"results/{RUN}/manifest.json",
