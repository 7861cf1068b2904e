"""EPPI-Reviewer: the full coding report, in the layout of real ones; and plain tables of codes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from refusal import refused
from searchsets.screening.exchange import eppi, table
from searchsets.screening.exchange.model import Asked
from searchsets.screening.exchange.reading import read

HEAD = (
    "<HTML><head><title>Full Comparison Report</title>"
    "<style>.complete {color: green;}</style></head><body>"
)
COMPLETE = "class='complete'"
CODES = ("INCLUDE on title & abstract", "Second opinion", "EXCLUDE ", "Exclude on review")


def one(name: str, complete: bool = False, more: str = "") -> str:
    return f"<span {COMPLETE * complete}>{name}{more}</span>"


def row(key: str, title: str, *cells: str, flag: str = "(I) Included") -> str:
    return (
        f"<tr><td>{key}</td><td>Fox (2004)</td><td>{title}</td><td>{flag}</td>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def report(folder: Path, *rows: str, codes=CODES, end: str = "</table></body></html>") -> Path:
    path = folder / "report.html"
    names = ("ItemId", "ShortTitle", "Title", "I/E/D/S flag", *codes)
    head = "".join(f"<th>{name}</th>" for name in names)
    paths = "<tr><td colspan='4'><div>FullPath:</div></td>" + "".join(
        f"<td>{c}</td>" for c in codes
    )
    path.write_text(
        f"{HEAD}<table><tr>{head}</tr>{paths}</tr>{''.join(rows)}{end}", encoding="utf-8"
    )
    return path


def acts(path: Path, asked: Asked | None = None):
    found = eppi.read(path, asked or Asked())
    return [
        (a.record_id, a.reviewer, a.role, a.decision, a.reason_code, a.note) for a in found.acts
    ]


def test_each_person_has_one_vote_a_record_and_notes_are_kept(tmp_path):
    path = report(
        tmp_path,
        row(
            "11",
            "On <i>trusts</i> & p < 0.05",
            "",
            "",
            one("Jane  Doe", True, "<br />[info]: a copy"),
            "",
        ),
        row("12", "Joint planning", one("Jane Doe", True) + "<br />" + one("Kim Lee"), "", "", ""),
    )
    assert acts(path) == [
        ("11", "Jane Doe", "screener", "exclude", "", "a copy"),
        ("12", "Jane Doe", "screener", "include", "", ""),
        ("12", "Kim Lee", "screener", "include", "", ""),
    ]
    found = eppi.read(path, Asked())
    assert (found.records["11"].title, found.records["11"].year) == ("On trusts & p < 0.05", 2004)


def test_where_screeners_differ_the_completed_coding_is_a_consensus_of_its_person(tmp_path):
    path = report(tmp_path, row("11", "T", one("Jane Doe"), "", one("Kim Lee", True), ""))
    assert [(who, role, decision) for _, who, role, decision, *_ in acts(path)] == [
        ("Jane Doe", "screener", "include"), ("Kim Lee", "screener", "exclude"),
        ("Kim Lee", "consensus", "exclude"),
    ]  # fmt: skip


def test_a_dispute_without_a_completed_coding_stays_one_and_is_told(tmp_path):
    path = report(tmp_path, row("11", "T", one("Jane Doe"), "", one("Kim Lee"), ""))
    assert (
        "1 disputed record without a single completed coding"
        in eppi.read(path, Asked()).messages[0]
    )


def test_of_several_excluding_codes_the_first_that_says_why_is_the_reason(tmp_path):
    path = report(tmp_path, row("11", "T", "", "", one("Kim Lee"), one("Kim Lee")))
    assert acts(path) == [
        (
            "11",
            "Kim Lee",
            "screener",
            "exclude",
            "Exclude on review",
            "codes: EXCLUDE, Exclude on review",
        )
    ]


def test_contrary_codes_of_one_person_are_unclear_with_a_note(tmp_path):
    path = report(tmp_path, row("11", "T", one("Kim Lee"), "", "", one("Kim Lee")))
    [(*_, decision, reason, note)] = acts(path)
    assert (decision, reason) == ("unclear", "")
    assert note == "contrary codes: INCLUDE on title & abstract, Exclude on review"


def test_a_second_opinion_is_unclear(tmp_path):
    [(*_, decision, _, _)] = acts(report(tmp_path, row("11", "T", "", one("Kim Lee"), "", "")))
    assert decision == "unclear"


def test_a_coded_passage_and_an_arm_are_notes_and_no_people(tmp_path):
    more = " [Arm: boys] <br />[text]: <span class='codedText'>a  passage</span> (a.pdf, page 3)"
    path = report(tmp_path, row("11", "T", one("Kim Lee", True, more), "", "", ""))
    [(_, who, *_, note)] = acts(path)
    assert who == "Kim Lee" and note == "[Arm: boys]; [text]: a passage (a.pdf, page 3)"


def test_a_code_that_cannot_be_told_is_refused_with_all_such_and_how_often(tmp_path):
    codes = (*CODES[:3], "Put on exclude list")
    rows = [row(str(n), "T", one("A"), "", "", one("B")) for n in range(3)]
    path = report(tmp_path, *rows, codes=codes)
    with refused(path, "'Put on exclude list' (3)", "--code"):
        eppi.read(path, Asked())
    asked = Asked(codes={"put on exclude list": "exclude"})
    assert Counter(decision for _, _, role, decision, *_ in acts(path, asked) if role == "screener") == {
        "include": 3, "exclude": 3,
    }  # fmt: skip


def test_records_that_are_flagged_as_duplicates_or_deleted_are_left_out_and_counted(tmp_path):
    path = report(
        tmp_path,
        row("11", "T", one("A"), "", "", ""), row("12", "T", one("A"), "", "", "", flag="(S) Duplicate"),
    )  # fmt: skip
    found = eppi.read(path, Asked())
    assert len(found.acts) == 1
    assert found.messages == ["left out: 1 record with the flag (S) Duplicate"]


def test_a_script_in_a_title_hides_no_record_behind_it(tmp_path):
    rows = [
        row("11", "<script>alert(1)", one("A"), "", "", ""),
        row("12", "T", one("A"), "", "", ""),
    ]
    assert [key for key, *_ in acts(report(tmp_path, *rows))] == ["11", "12"]


@pytest.mark.parametrize(
    "end", ["", "<tr><td>13</td><td>x", "<!-- never closed", "</table><tr><td>13</td></tr></table>"]
)
def test_a_report_that_is_cut_off_or_goes_on_behind_its_end_is_refused(tmp_path, end):
    path = report(tmp_path, row("11", "T", one("A"), "", "", ""), end=end)
    with refused(path, "report.html"):
        eppi.read(path, Asked())


def test_a_row_that_is_not_whole_is_refused(tmp_path):
    path = report(tmp_path, row("11", "T", one("A")))
    with refused(path, "row 3: the row is not whole"):
        eppi.read(path, Asked())


def test_other_html_is_refused(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><table><tr><td>1</td></tr></table></body></html>", encoding="utf-8"
    )
    with refused(path, "no table of a coding report"):
        eppi.read(path, Asked())


def test_a_mark_that_is_never_closed_is_refused_before_it_fills_the_memory(tmp_path):
    path = report(tmp_path, row("11", "<!--" + "x>" * 3_000_000, one("A"), "", "", ""))
    with refused(path, "has no end"):
        eppi.read(path, Asked())


def test_a_table_of_codes_follows_the_same_rules(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text(
        "Record_ID,Screener,Label,Code,Is_completed_coding\n"
        "r1,R01,include,Include,0\nr1,R02,exclude,Exclude on date,1\nr2,R01,uncertain,Later,1\n",
        encoding="utf-8",
    )
    found = table.read(path, Asked())
    assert [(a.record_id, a.reviewer, a.role, a.decision, a.reason_code) for a in found.acts] == [
        ("r1", "R01", "screener", "include", ""), ("r1", "R02", "screener", "exclude", "Exclude on date"),
        ("r1", "R02", "consensus", "exclude", "Exclude on date"),
        ("r2", "R01", "screener", "unclear", ""),
    ]  # fmt: skip


def test_a_code_that_means_two_things_in_one_table_is_refused(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text(
        "id,reviewer,decision,code\nr1,R01,include,Later\nr2,R01,exclude,Later\n", encoding="utf-8"
    )
    with refused(path, "codes.csv:3: the code 'Later' means exclude here and include"):
        table.read(path, Asked())


@pytest.mark.parametrize(
    ("name", "disputed"), [("class_size_2018", 231), ("caregiver_ratio_qual_2022", 120)]
)
def test_every_record_on_which_real_screeners_differ_has_one_consensus(corpora, name, disputed):
    found = read(corpora / "screening" / name / "decisions.csv.gz", "", Asked())
    assert Counter(act.role for act in found.acts)["consensus"] == disputed
    assert not found.messages


def test_the_votes_of_two_real_screeners_agree_as_was_counted(corpora):
    found = read(corpora / "screening/caregiver_ratio_qual_2022/decisions.csv.gz", "", Asked())
    by_who: dict[str, dict[str, bool]] = {}
    for act in found.acts:
        if act.role == "screener":
            by_who.setdefault(act.reviewer, {})[act.record_id] = act.decision == "include"
    one_, other = by_who["R01"], by_who["R02"]
    both = Counter((one_[i], other[i]) for i in one_.keys() & other.keys())
    assert [both[True, True], both[True, False], both[False, True], both[False, False]] == [
        44, 39, 79, 1001,
    ]  # fmt: skip
