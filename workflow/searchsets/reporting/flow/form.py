"""The form of the R package PRISMA2020: the columns and rows of the file that it draws a flow from.

The columns, and the names, boxes and order of its 34 rows, are those of that package (Haddaway et
al. 2022, doi:10.1002/cl2.1230), which finds a row by its name. A number that is not known is `NA`,
which the package draws as such. What its form has no row for follows below, only where something
stands there, with `NA` for a name: the package passes over it, and `searchsets flow` draws it.
"""

from __future__ import annotations

from dataclasses import dataclass

from searchsets.reporting.flow.boxes import STEPS
from searchsets.reporting.flow.model import (
    ARMS,
    DATABASES,
    OTHER,
    RECORDS_UNIT,
    REPORTS_UNIT,
    STUDIES_UNIT,
)

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
MISSING = "NA"


@dataclass(frozen=True)
class FormRow:
    """A row of the form: its names in the package, what it says, and which box of ours it is.

    `is_list` is a row whose `n` packs several: `Reason, 3; Reason, 1`.
    """

    data: str
    node: str
    box: str
    description: str
    boxtext: str
    id: str = ""
    arm: str = ""
    unit: str = RECORDS_UNIT
    is_list: bool = False


_DB, _OM = " (databases and registers)", " (other methods)"

FORM = (
    FormRow("", "node4", "prevstud", "Title: previous studies", "Previous studies"),
    FormRow("previous_studies", "node5", "box1", "Studies in the version of the review before",
            "Studies included in previous version of review", "previous_studies", "", STUDIES_UNIT),
    FormRow("previous_reports", "", "box1", "Reports of those studies",
            "Reports of studies included in previous version of review", "previous_reports", "",
            REPORTS_UNIT),
    FormRow("", "node6", "newstud", "Title: databases and registers",
            "Identification of new studies via databases and registers"),
    FormRow("database_results", "node7", "box2", "Records from databases", "Databases",
            "records_databases", DATABASES),
    FormRow("database_specific_results", "", "box2", "Records from each database",
            "Specific Databases", "specific_databases", DATABASES, is_list=True),
    FormRow("register_results", "", "box2", "Records from registers", "Registers",
            "records_registers", DATABASES),
    FormRow("register_specific_results", "", "box2", "Records from each register",
            "Specific Registers", "specific_registers", DATABASES, is_list=True),
    FormRow("", "node16", "othstud", "Title: other methods",
            "Identification of new studies via other methods"),
    FormRow("website_results", "node17", "box11", "Records from websites", "Websites",
            "records_websites", OTHER),
    FormRow("organisation_results", "", "box11", "Records from organisations", "Organisations",
            "records_supplied", OTHER),
    FormRow("citations_results", "", "box11", "Records from citation searching",
            "Citation searching", "records_citations", OTHER),
    FormRow("duplicates", "node8", "box3", "Duplicates removed", "Duplicate records",
            "databases_duplicates", DATABASES),
    FormRow("excluded_automatic", "", "box3", "Removed by rules before screening",
            "Records marked as ineligible by automation tools", "databases_excluded_by_rule",
            DATABASES),
    FormRow("excluded_other", "", "box3", "Removed for other reasons",
            "Records removed for other reasons", "databases_removed_other", DATABASES),
    FormRow("records_screened", "node9", "box4", f"Records screened{_DB}", "Records screened",
            "databases_screened", DATABASES),
    FormRow("records_excluded", "node10", "box5", f"Records excluded{_DB}", "Records excluded",
            "databases_excluded", DATABASES),
    FormRow("dbr_sought_reports", "node11", "box6", f"Reports sought{_DB}",
            "Reports sought for retrieval", "databases_sought", DATABASES, REPORTS_UNIT),
    FormRow("dbr_notretrieved_reports", "node12", "box7", f"Reports not retrieved{_DB}",
            "Reports not retrieved", "databases_not_retrieved", DATABASES, REPORTS_UNIT),
    FormRow("other_sought_reports", "node18", "box12", f"Reports sought{_OM}",
            "Reports sought for retrieval", "other_sought", OTHER, REPORTS_UNIT),
    FormRow("other_notretrieved_reports", "node19", "box13", f"Reports not retrieved{_OM}",
            "Reports not retrieved", "other_not_retrieved", OTHER, REPORTS_UNIT),
    FormRow("dbr_assessed", "node13", "box8", f"Reports assessed{_DB}",
            "Reports assessed for eligibility", "databases_assessed", DATABASES, REPORTS_UNIT),
    FormRow("dbr_excluded", "node14", "box9", f"Reports excluded, by reason{_DB}",
            "Reports excluded", "databases_reports_excluded", DATABASES, REPORTS_UNIT, True),
    FormRow("other_assessed", "node20", "box14", f"Reports assessed{_OM}",
            "Reports assessed for eligibility", "other_assessed", OTHER, REPORTS_UNIT),
    FormRow("other_excluded", "node21", "box15", f"Reports excluded, by reason{_OM}",
            "Reports excluded", "other_reports_excluded", OTHER, REPORTS_UNIT, True),
    FormRow("new_studies", "node15", "box10", "Studies that this version includes",
            "New studies included in review", "studies", "", STUDIES_UNIT),
    FormRow("new_reports", "", "box10", "Reports of those studies",
            "Reports of new included studies", "included", "", REPORTS_UNIT),
    FormRow("total_studies", "node22", "box16", "Studies that all versions include",
            "Total studies included in review", "total_studies", "", STUDIES_UNIT),
    FormRow("total_reports", "", "box16", "Reports of those studies",
            "Reports of total included studies", "total_reports", "", REPORTS_UNIT),
    FormRow("identification", "node1", "identification", "Bar: identification", "Identification"),
    FormRow("screening", "node2", "screening", "Bar: screening", "Screening"),
    FormRow("included", "node3", "included", "Bar: included", "Included"),
    FormRow("total_studies_ma", "node23", "box17", "Studies in a meta-analysis",
            "Total studies included in meta-analysis", "total_studies_ma", "", STUDIES_UNIT),
    FormRow("total_reports_ma", "", "box17", "Reports in a meta-analysis",
            "Reports of total included studies in meta-analysis", "total_reports_ma", "",
            REPORTS_UNIT),
)  # fmt: skip

STEP_BOXES = {f"{arm}_{step.name}": (arm, step) for arm in ARMS for step in STEPS}
"""The arm and the step of each box of an arm, by its id."""
