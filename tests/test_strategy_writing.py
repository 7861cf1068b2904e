"""A strategy file in which one line is replaced is the same file in every other byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from searchsets.cli import main
from searchsets.errors import ReviewError
from searchsets.files import sha256_of
from searchsets.strategy.file import read_strategy
from searchsets.strategy.language import parse, to_text
from searchsets.strategy.writing import replace_line, with_lines

SHIPPED = sorted((Path(__file__).parent.parent / "search_strategies").glob("*.yaml"))
TEXTS = ("Planning", "Où (ft)", "a near/2 (b or c)", '"x or y" [ti,ab]', "not (Trusts)", "d (exp)")
HEAD = "database: bei\nname: B\ndescription: d\nsource: {citation: c, page: p}\n"
HEAD += "searched: {from: '2008', until: '2008'}\noutputs: {lines: [1], basis: inferred, why: w}\n"


def write(folder: Path, lines: list[str], newline: str = "\n", head: str = HEAD) -> Path:
    path = folder / "bei.yaml"
    text = head + "sets:\n  - name: s # a comment\n    lines: |\n" + "".join(f"{one}\n" for one in lines)
    path.write_bytes((text + "# the end\n").replace("\n", newline).encode())
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_file_in_which_nothing_is_replaced_is_printed_byte_for_byte(path):
    strategy = read_strategy(path)
    assert with_lines(strategy, {}) == path.read_bytes()
    same = {number: line.text for number, line in strategy.lines.items()}
    assert with_lines(strategy, same) == path.read_bytes()


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6),
    blanks=st.lists(st.sampled_from(["", " ", "\t", "  "]), min_size=6, max_size=6),
    newline=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    data=st.data(),
)
def test_only_the_text_of_a_replaced_line_changes(
    tmp_path_factory, texts, blanks, newline, mark, data
):
    rows = [
        f"      #{number} {blank}{text}{blank}"
        for number, (text, blank) in enumerate(zip(texts, blanks, strict=False), start=1)
    ]
    folder = tmp_path_factory.mktemp("strategy")
    path = write(folder, rows, newline, mark + HEAD)
    number = data.draw(st.integers(1, len(texts)))
    new = data.draw(st.sampled_from(TEXTS))
    made = replace_line(path, number, new, folder / "new" / "bei.yaml")
    before = path.read_bytes().decode().split(newline)
    after = (folder / "new" / "bei.yaml").read_bytes().decode().split(newline)
    changed = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert changed == ([] if new == texts[number - 1] else [before.index("sets:") + 2 + number])
    assert [line.text for line in made.lines.values()] == [
        new if place == number else text for place, text in enumerate(texts, start=1)
    ]
    assert all(parse(to_text(line.expression)) == line.expression for line in made.lines.values())


@pytest.mark.parametrize(
    ("number", "text", "told"),
    [
        (9, "Trusts", "no line #9"),
        (1, " ", "no text of a line"),
        (1, "a\nb", "no text of a line"),
        (1, "a or", "bei.yaml:10:14: the line ends"),
        (1, "#2", "circle"),
        (1, "#7", "line #7, which is not defined"),
    ],
)
def test_a_line_that_cannot_be_run_is_refused_and_nothing_is_written(tmp_path, number, text, told):
    path = write(tmp_path, ["      #1 Planning", "      #2 #1 or Trusts"])
    out = tmp_path / "new" / "bei.yaml"
    out.parent.mkdir()
    out.write_text("as it was", encoding="utf-8")
    with pytest.raises(ReviewError) as refused:
        replace_line(path, number, text, out)
    assert told in str(refused.value)
    assert str(path) in str(refused.value) or "of a line" in str(refused.value)
    assert out.read_text(encoding="utf-8") == "as it was"
    assert [one.name for one in out.parent.iterdir()] == ["bei.yaml"]


def test_the_command_says_what_the_line_says_now(tmp_path):
    path = write(tmp_path, ["      #1 Planning"])
    out = tmp_path / "new" / "bei.yaml"
    done = CliRunner().invoke(
        main, ["strategy", "replace", str(path), "1", "plan* [ti]", "-o", str(out)]
    )
    assert done.exit_code == 0
    assert "#1 now says plan* [ti]" in done.output


def test_the_printed_file_is_not_written_over_and_the_name_stays(tmp_path):
    path = write(tmp_path, ["      #1 Planning"])
    before = path.read_bytes()
    for out, told in ((path, "would be written over"), (tmp_path / "bei.yml", "call it bei.yaml")):
        with pytest.raises(ReviewError, match=told):
            replace_line(path, 1, "Trusts", out)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_term_to_be_exploded_that_the_thesaurus_lacks_is_warned_of(tmp_path):
    (tmp_path / "terms.csv").write_text("term,relation,target\nSchools,NT,Day Schools\n")
    pinned = sha256_of(tmp_path / "terms.csv")
    pin = f"thesaurus: {{file: {tmp_path}/terms.csv, note: n, sha256: {pinned}}}\n"
    path = write(tmp_path, ["      #1 Schools (exp)"], head=HEAD + pin)
    out = tmp_path / "new" / "bei.yaml"
    out.parent.mkdir()
    done = CliRunner().invoke(
        main, ["strategy", "replace", str(path), "1", "School (exp)", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "School (exp) stands for itself alone, for it is not in the thesaurus; did you mean Schools?" in (
        done.stderr
    )
