"""Files of the form of the R package PRISMA2020 for tests, as people fill them in."""

from __future__ import annotations

import csv
from pathlib import Path

# The rows and columns of inst/extdata/PRISMA.csv of the R package PRISMA2020 (MIT), in their order:
# data, node, box. What is written here must be found there.
R_COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")
R_ROWS = """\
NA node4 prevstud
previous_studies node5 box1
previous_reports NA box1
NA node6 newstud
database_results node7 box2
database_specific_results NA box2
register_results NA box2
register_specific_results NA box2
NA node16 othstud
website_results node17 box11
organisation_results NA box11
citations_results NA box11
duplicates node8 box3
excluded_automatic NA box3
excluded_other NA box3
records_screened node9 box4
records_excluded node10 box5
dbr_sought_reports node11 box6
dbr_notretrieved_reports node12 box7
other_sought_reports node18 box12
other_notretrieved_reports node19 box13
dbr_assessed node13 box8
dbr_excluded node14 box9
other_assessed node20 box14
other_excluded node21 box15
new_studies node15 box10
new_reports NA box10
total_studies node22 box16
total_reports NA box16
identification node1 identification
screening node2 screening
included node3 included
total_studies_ma node23 box17
total_reports_ma NA box17
"""

DATABASES = {
    "database_results": "120", "database_specific_results": "ERIC, 80; ASSIA, 40",
    "register_results": "5", "register_specific_results": "NA",
    "duplicates": "20", "excluded_automatic": "3", "excluded_other": "2",
    "records_screened": "100", "records_excluded": "70",
    "dbr_sought_reports": "30", "dbr_notretrieved_reports": "4", "dbr_assessed": "26",
    "dbr_excluded": "Not in the UK, 10; No evidence, 6", "new_studies": "8", "new_reports": "10",
}  # fmt: skip
OTHER = {
    "website_results": "9", "organisation_results": "3", "citations_results": "2",
    "other_sought_reports": "14", "other_notretrieved_reports": "1", "other_assessed": "13",
    "other_excluded": "Not in the UK, 8", "new_reports": "15",
}  # fmt: skip
PREVIOUS = {"previous_studies": "12", "previous_reports": "16"}


def filled(path: Path, *parts: dict[str, str], **cells: str) -> Path:
    """Write a form with these numbers, NA in all others, and return its path."""
    n = {name: value for part in parts for name, value in part.items()} | cells
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(R_COLUMNS)
        for row in R_ROWS.splitlines():
            data, node, box = row.split()
            text = "NA" if data != "NA" else ""
            writer.writerow([data, node, box, "", text, "NA", f"{data}.html", n.pop(data, "NA")])
    assert not n, f"no row for {n}"
    return path


def updated(*parts: dict[str, str], studies: str, reports: str) -> tuple[dict[str, str], ...]:
    """Return the numbers of an update, with its totals."""
    return (*parts, PREVIOUS, {"total_studies": studies, "total_reports": reports})
