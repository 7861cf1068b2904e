"""Thesauri: every form that is read, what a term stands for, and what of a file is refused."""

from __future__ import annotations

import csv
import json
import random
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PROJECT
from refusal import refused
from searchsets.cli import main
from searchsets.files import read_csv, sha256_of
from searchsets.strategy.expansion import expansion_of
from searchsets.strategy.file import load_thesaurus, read_strategy
from searchsets.strategy.model import Term
from searchsets.strategy.tables import expansion_rows
from searchsets.strategy.thesaurus import Thesaurus, read_thesaurus, thesaurus_of
from searchsets.text import normalise

# The same small thesaurus in every form.
ROWS = [
    ("Schools", "NT", "Day Schools"),
    ("Preschools", "BT", "Schools"),
    ("Preschools", "RT", "Nurses"),
    ("Nursery Schools", "USE", "Preschools"),
    ("Schools", "UF", "School Nurses"),
    ("Nurses", "UF", "School Nurses"),
]
TABLE = "term,relation,target\n" + "".join(f"{','.join(row)}\n" for row in ROWS)
WIDE = """\
Descriptor;Scope Note;Broader Terms;Narrower Terms;Used For;Use
Schools;;;Day Schools | Preschools;School Nurses;
Preschools;For children, before school;Schools;;Nursery Schools;
Nurses;;;;School Nurses;
School Nurses;;;;;Nurses|Schools
"""
ERIC_JSON = json.dumps(
    {
        "Schools": {"n": ["Day Schools", "Preschools"], "u": ["School Nurses"]},
        "Preschools": {"b": ["Schools"], "u": ["Nursery Schools"]},
        "Day Schools": {"b": ["Schools"]},
        "Nurses": {"u": ["School Nurses"]},
    }
)


def eric_term(name: str, kind: str = "Main", attributes: str = "", **relations: str) -> str:
    links = "".join(
        f'<Relationship type="{kind}">{"".join(f"<Is>{one}</Is>" for one in names.split("|"))}'
        "</Relationship>"
        for kind, names in relations.items()
    )
    return (
        f'<Term><Name>{name}</Name><Attributes><Attribute name="RecType">{kind}</Attribute>'
        f"{attributes}</Attributes><Relationships>{links}</Relationships></Term>"
    )


def eric_xml(*terms: str) -> str:
    return f'<?xml version="1.0"?>\n<Nstein><Terms>{"".join(terms)}</Terms></Nstein>'


ERIC_XML = eric_xml(
    eric_term("Schools", NT="Day Schools|Preschools", UF="School Nurses"),
    eric_term("Preschools", BT="Schools", UF="Nursery Schools"),
    eric_term("Day Schools", BT="Schools"),
    eric_term("Nurses", UF="School Nurses"),
    eric_term("Nursery Schools", "Synonym", U="Preschools"),
    eric_term(
        "School Nurses", "Synonym", '<Attribute name="USEAND">Schools</Attribute>', U="Nurses"
    ),
)
TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
# Schools of all kinds
<urn:1> skos:prefLabel "Schools"@en-GB, "Écoles"@fr ; skos:altLabel "School Nurses"@en ;
    skos:narrower <urn:2> .
<urn:2> skos:prefLabel "Day Schools" .
<urn:3> skos:prefLabel "Preschools"@en ; skos:broader <urn:1> ; skos:related <urn:4> ;
    skos:hiddenLabel "Nursery Schools"@en ; skos:altLabel "Maternelles"@fr .
<urn:4> skos:prefLabel "Nurses"@en ; skos:altLabel "School Nurses"@en .
"""
ITEMS = json.dumps(
    {
        "items": [
            {"uri": "1", "type": "Concept", "prefLabel": "Schools", "narrower": "2",
             "altLabel": ["School Nurses"]},
            {"uri": "2", "type": "Concept", "prefLabel": "Day Schools"},
            {"uri": "3", "prefLabel": "Preschools", "broader": ["1"], "altLabel": "Nursery Schools"},
            {"uri": "4", "prefLabel": "Nurses", "altLabel": "School Nurses"},
            {"uri": "5", "type": "ConceptScheme", "title": "All"},
        ]
    }
)  # fmt: skip


def as_rdf(format: str) -> str:
    """Return the Turtle above in another form of RDF."""
    import rdflib

    graph = rdflib.Graph().parse(data=TURTLE, format="turtle")
    if format == "json-ld":  # rdflib warns about its own writer
        return json.dumps(
            [
                {"@id": str(subject), str(predicate): [value]}
                for subject, predicate, one in graph
                for value in [
                    {"@value": str(one), "@language": one.language or "en"}
                    if isinstance(one, rdflib.Literal)
                    else {"@id": str(one)}
                ]
            ]
        )
    return graph.serialize(format=format)


SKOS_XL = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
<urn:1> xl:prefLabel [ xl:literalForm "Schools"@en ] ; xl:altLabel [ xl:literalForm "School Nurses" ] .
<urn:2> xl:prefLabel [ xl:literalForm "Day Schools"@en ] ; skos:broader <urn:1> .
<urn:3> xl:prefLabel [ xl:literalForm "Preschools"@en ] ; skos:broader <urn:1> ;
    xl:altLabel [ xl:literalForm "Nursery Schools" ] .
<urn:4> xl:prefLabel [ xl:literalForm "Nurses"@en ] ; xl:altLabel [ xl:literalForm "School Nurses" ] .
"""
RDF_XML_WITH_ENTITY = """\
<!DOCTYPE rdf:RDF SYSTEM "http://example.org/skos.dtd" [
  <!ENTITY skos "http://www.w3.org/2004/02/skos/core#">
]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="&skos;">
 <skos:Concept rdf:about="#1"><skos:prefLabel>Schools</skos:prefLabel>
  <skos:altLabel>School Nurses</skos:altLabel>
  <skos:narrower><skos:Concept rdf:about="#2"><skos:prefLabel>Day Schools</skos:prefLabel>
  </skos:Concept></skos:narrower></skos:Concept>
 <skos:Concept rdf:about="#3"><skos:prefLabel>Preschools</skos:prefLabel>
  <skos:broader rdf:resource="#1"/><skos:altLabel>Nursery Schools</skos:altLabel></skos:Concept>
 <skos:Concept rdf:about="#4"><skos:prefLabel>Nurses</skos:prefLabel>
  <skos:altLabel>School Nurses</skos:altLabel></skos:Concept>
</rdf:RDF>
"""
FORMS = {
    "table": lambda: TABLE,
    "table for Excel elsewhere": lambda: "\ufeff" + TABLE.replace(",", ";").replace("\n", "\r\n"),
    "a column a relation": lambda: WIDE,
    "ERIC JSON": lambda: ERIC_JSON,
    "ERIC XML": lambda: ERIC_XML,
    "Turtle": lambda: TURTLE,
    "N-Triples": lambda: as_rdf("nt"),
    "RDF/XML": lambda: as_rdf("xml"),
    "RDF/XML with an entity and a DTD elsewhere": lambda: RDF_XML_WITH_ENTITY,
    "JSON-LD": lambda: as_rdf("json-ld"),
    "SKOS-XL": lambda: SKOS_XL,
    "items": lambda: ITEMS,
}


def written(folder: Path, content: str | bytes, name: str = "a thesaurus") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a thesaurus reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


# Reading


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_told_by_its_content_and_says_the_same(tmp_path, form):
    thesaurus = read_thesaurus(written(tmp_path, FORMS[form]()))
    assert thesaurus.narrower == {"schools": ("day schools", "preschools")}
    assert thesaurus.broader == {"day schools": ("schools",), "preschools": ("schools",)}
    assert thesaurus.use == {
        "nursery schools": ("preschools",),
        "school nurses": ("nurses", "schools"),
    }
    assert thesaurus.used_for == {
        "preschools": ("nursery schools",),
        "nurses": ("school nurses",),
        "schools": ("school nurses",),
    }
    assert sorted(thesaurus.names.values()) == [
        "Day Schools", "Nursery Schools", "Nurses", "Preschools", "School Nurses", "Schools",
    ]  # fmt: skip
    assert thesaurus.findings == ()


def test_a_thesaurus_without_english_names_is_read_in_its_own_language(tmp_path):
    turtle = (
        TURTLE.replace("@en-GB", "@cy").replace("@en", "@cy").replace('"Day Schools"', '"D"@cy')
    )
    thesaurus = read_thesaurus(written(tmp_path, turtle))
    assert thesaurus.explode("Schools") == ["Schools", "D", "Preschools"]
    assert not thesaurus.knows("Écoles")


def test_a_further_name_that_is_a_concept_of_its_own_leads_nowhere_else(tmp_path):
    turtle = TURTLE + '<urn:5> skos:prefLabel "Nursery Schools"@en .\n'
    thesaurus = read_thesaurus(written(tmp_path, turtle))
    assert thesaurus.is_preferred("Nursery Schools")


def test_what_leads_to_a_concept_without_a_name_is_a_finding(tmp_path):
    thesaurus = read_thesaurus(written(tmp_path, TURTLE + "<urn:4> skos:broader <urn:9> .\n"))
    assert thesaurus.findings == ("1 relations lead to concepts without a name in the file",)
    assert "nurses" not in thesaurus.broader


def test_erics_dead_terms_are_retired_and_unknown_relations_are_counted(tmp_path):
    terms = [eric_term("Old Term", "Dead"), eric_term("Schools", XX="Old Term|Day Schools")]
    thesaurus = read_thesaurus(written(tmp_path, eric_xml(*terms)))
    assert thesaurus.retired == {"old term"}
    assert thesaurus.is_preferred("old term")
    assert thesaurus.findings == ("2 relations of type XX were not read",)


def test_the_spelling_of_a_descriptor_is_kept_not_that_of_what_leads_to_it(tmp_path):
    rows = [("Meta Evaluation", "UF", "Meta-evaluation"), ("a-b", "USE", "C"), ("A b", "NT", "D")]
    names = thesaurus_of(rows).names
    assert names["meta evaluation"] == "Meta Evaluation"
    assert names["a b"] == "A b"


def test_the_whole_eric_thesaurus_is_read(corpora):
    thesaurus = read_thesaurus(corpora / "thesauri/eric-thesaurus-2025.json")
    descriptors = [name for name in thesaurus.names if name not in thesaurus.use]
    assert len(descriptors) == 4397
    # 7,224 used-for terms, of which two are spellings of a descriptor.
    assert len(thesaurus.use) == 7222
    assert sum(len(below) > 1 for below in thesaurus.broader.values()) == 421


def test_the_tlrp_vocabulary_is_read_and_its_broken_link_told(corpora):
    thesaurus = read_thesaurus(corpora / "thesauri/tlrp_bera_skos.json")
    items = json.loads((corpora / "thesauri/tlrp_bera_skos.json").read_text("utf-8"))["items"]
    named = {normalise(item["prefLabel"]) for item in items if item["type"] == "Concept"}
    assert thesaurus.names.keys() == named
    assert thesaurus.linked("Analysis of Composite Data", thesaurus.broader)
    assert thesaurus.findings == ("1 relations lead to concepts without a name in the file",)


def test_a_list_of_erics_descriptors_as_csv_is_read(corpora):
    listed = read_thesaurus(corpora / "thesauri/eric_schools_explode_2025.csv")
    whole = read_thesaurus(corpora / "thesauri/eric-thesaurus-2025.json")
    for term in ("Schools", "Colleges"):
        ours, theirs = (one.expand(term, explode=True) for one in (listed, whole))
        assert ours.rows == theirs.rows


# What is refused

BOMB = '<!DOCTYPE Nstein [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 12)
)
SKOS_CONTEXT = "https://www.w3.org/2004/02/skos/core.jsonld"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["no rows"]),
        ("term,relation,target\n", ["no rows below its header"]),
        ("term,relation,target\nx,NT,y\na,XX,b\n", [":3: ", "'XX' is no relation", "NT, BT"]),
        ("term,relation,target\nx,NT,...\n", [":2: ", "a term is empty"]),
        ("term,relation,target\nx,NT,y,z\n", [":2: ", "4 cells"]),
        ('term,relation,target\nx,NT,"y\n', ["quotation mark"]),
        ("title,year\nx,2\n", [":1: ", "title, year", "term,relation,target"]),
        ("Descriptor,Used For\n...,x\n", [":2: ", "a term is empty"]),
        (b"\xff\xfe\x00binary\x80", ["is not UTF-8"]),
        (b"PK\x03\x04rest", ["packed", "unpack"]),
        (b"\x1f\x8brest", ["packed", "unpack"]),
        ("{", [":1:2: ", "this is not JSON"]),
        ("{}", ["holds no term"]),
        ('{"Schools": {"n": ["a"]}, "Schools": {}}', ["'Schools' stands twice"]),
        ('{"a": {},\n"Schools": {"n": "x"}}', [":2: ", "'Schools'", "no list"]),
        ('{"a": {},\n"Schools": {"x": ["y"]}}', [":2: ", "'Schools'"]),
        ('{"a": {},\n"Schools": {"n": [1]}}', [":2: ", "1 is no name"]),
        ('{"a": {},\n"Schools": 3}', [":2: ", "'Schools'"]),
        ('{"a": ' * 100_000, ["JSON"]),
        ("[" * 100_000, ["nested too deeply"]),
        ('{"a": ' + "1" * 5000 + "}", ["cannot be read"]),
        ('{"items": [{"uri": "1"}]}', ["item 1", "no prefLabel"]),
        ('{"items": [3]}', ["item 1", "no concept"]),
        ('{"items": [{"uri": "1", "prefLabel": {}}]}', ["item 1", "prefLabel"]),
        (json.dumps({"@context": SKOS_CONTEXT, "@graph": []}), ["context", SKOS_CONTEXT]),
        (json.dumps([{"a": {"@context": [{}, "local.json"]}}]), ["context", "local.json"]),
        (json.dumps({"@context": {"@import": SKOS_CONTEXT}}), ["context", SKOS_CONTEXT]),
        ('{"@graph": 3}', ["no concept"]),
        (json.dumps([{"@id": "urn:1", "urn:p": [{"@value": "x"}]}]), ["no concept", "prefLabel"]),
        ("@prefix a: <urn:a> .\na:b a:c\n", [":2: ", "turtle"]),
        ("@prefix a: <urn:a> .\n" + "[" * 100_000, ["nested too deeply"]),
        ("<urn:a> <urn:b> <urn:c> .\n", ["prefLabel"]),
        ("<html><body>Not found</body></html>", ["'html'"]),
        ("<Nstein>\n<Terms>\n<Term></Nstein>", [":3:", "not XML"]),
        ("<Nstein><Terms/></Nstein>", ["holds no term"]),
        (eric_xml(eric_term("")), ["term 1", "a term is empty"]),
        ("<a>" * 100_000, ["more than 200 deep"]),
        (BOMB + "]><Nstein>&a11;</Nstein>", ["entity", "made of others"]),
        (f'<!DOCTYPE a [<!ENTITY a "{"x" * 100_000}">]><Nstein>{"&a;" * 9}</Nstein>', ["too long"]),
        ('<!DOCTYPE a [<!ENTITY a SYSTEM "/etc/hostname">]><Nstein>&a;</Nstein>', ["outside"]),
        ('<?xml version="1.0" encoding="klingon"?><Nstein/>', ["XML"]),
        ('<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:li/></r:RDF>', ["xml"]),
    ],
    ids=lambda value: ascii(value)[:40] if isinstance(value, (str, bytes)) else "",
)  # fmt: skip
def test_what_is_no_thesaurus_is_told_with_its_place_and_what_to_do(tmp_path, content, words):
    path = written(tmp_path, content)
    with refused(path, *words):
        read_thesaurus(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with refused(tmp_path / "none", "no such file"):
        read_thesaurus(tmp_path / "none")


@settings(max_examples=150)
@given(
    form=st.sampled_from(sorted(FORMS)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.binary(max_size=4)), max_size=3),
)
def test_a_damaged_file_is_read_or_refused_but_never_a_crash(tmp_path_factory, form, cuts):
    from searchsets.errors import ReviewError

    data = FORMS[form]().encode("utf-8")
    for start, length, new in cuts:
        at = int(start * len(data))
        data = data[:at] + new + data[at + int(length * 20) :]
    path = written(tmp_path_factory.getbasetemp(), data, "damaged")
    try:
        assert read_thesaurus(path).names
    except ReviewError as error:
        assert str(path) in str(error.where) and error.remedy


# What a term stands for

Rows = list[tuple[str, str, str]]


def slow_alternatives(
    rows: Rows, term: str, explode: bool, leave_out: list[str], resolve: bool
) -> set[tuple[str, ...]]:
    """The slow twin: looks through all rows at every step, over names already normalised."""

    def linked(start: str, forth: str, back: str) -> set[str]:
        there = {target for one, relation, target in rows if (one, relation) == (start, forth)}
        here = {one for one, relation, target in rows if (target, relation) == (start, back)}
        return (there | here) - {start}

    def use(name: str) -> set[str]:
        return linked(name, "USE", "UF") if resolve else set()

    def non_preferred(name: str) -> set[tuple[str, ...]]:
        return {(other,) for other in linked(name, "UF", "USE")} if resolve else set()

    found = {(term,)}
    roots = [term]
    while len(use(roots[-1])) == 1 and not use(roots[-1]) & set(roots):
        roots += use(roots[-1])
        found.add((roots[-1],))
    if len(use(roots[-1])) > 1:
        return found | {tuple(sorted(use(roots[-1])))}
    if not use(roots[-1]):
        found |= non_preferred(roots[-1])
    entered = list(roots)
    for above in entered if explode else ():  # grows while it is walked
        for below in linked(above, "NT", "BT") - set(leave_out) - set(entered):
            entered.append(below)
            found |= {(below,)} | non_preferred(below)
    return found


names = st.sampled_from(["a", "b", "c", "d", "e", "f", "g h", "i"])
rows_of = st.lists(
    st.tuples(names, st.sampled_from(["NT", "BT", "NT", "USE", "UF", "RT"]), names), max_size=16
)
options = st.fixed_dictionaries(
    {"explode": st.booleans(), "leave_out": st.lists(names, max_size=2), "resolve": st.booleans()}
)


@settings(max_examples=600)
@given(rows=rows_of, term=names, options=options)
def test_the_alternatives_equal_those_of_the_slow_twin(rows, term, options):
    ours = thesaurus_of(rows).expand(term, **options).alternatives
    assert ours[0] == (term,)
    assert len(set(ours)) == len(ours)
    assert set(ours) == slow_alternatives(rows, term, **options)


@settings(max_examples=150)
@given(rows=rows_of, term=names, options=options, seed=st.integers(0, 9))
def test_neither_the_order_of_rows_nor_the_side_that_states_them_matters(rows, term, options, seed):
    turned = {"NT": "BT", "BT": "NT", "USE": "UF", "UF": "USE", "RT": "RT"}
    other = [
        (target, turned[relation], one) if (index + seed) % 2 else (one, relation, target)
        for index, (one, relation, target) in enumerate(rows)
    ]
    random.Random(seed).shuffle(other)
    first, second = thesaurus_of(rows), thesaurus_of(other)
    assert first == second
    assert first.expand(term, **options) == second.expand(term, **options)


@settings(max_examples=150)
@given(rows=rows_of, term=names, out=st.lists(names, max_size=3))
def test_leaving_out_takes_away_and_never_adds(rows, term, out):
    thesaurus = thesaurus_of(rows)
    whole = thesaurus.expand(term, explode=True).alternatives
    less = thesaurus.expand(term, explode=True, leave_out=out).alternatives
    assert set(less) <= set(whole)
    alone = set(thesaurus.expand(term, explode=False).alternatives)
    assert alone <= set(less)


def test_a_left_out_branch_goes_and_what_is_reached_another_way_stays():
    thesaurus = thesaurus_of(
        [("a", "NT", "b"), ("a", "NT", "c"), ("b", "NT", "d"), ("b", "NT", "e"), ("c", "NT", "e"),
         ("b", "UF", "n")]
    )  # fmt: skip
    expansion = thesaurus.expand("A", explode=True, leave_out=["B"])
    assert expansion.alternatives == (("a",), ("c",), ("e",))
    assert expansion.notes == ("left out: b",)


def test_rows_say_how_how_deep_and_through_what_each_name_was_reached():
    thesaurus = thesaurus_of([*ROWS, ("Preschools", "NT", "Infant Schools")])
    rows = thesaurus.expand("schools", explode=True).rows
    assert [(*row.names, row.how, row.depth, row.through) for row in rows] == [
        ("Schools", "term", 0, ""),
        ("School Nurses", "non-preferred", 0, "Schools"),
        ("Day Schools", "narrower", 1, "Schools"),
        ("Preschools", "narrower", 1, "Schools"),
        ("Nursery Schools", "non-preferred", 1, "Preschools"),
        ("Infant Schools", "narrower", 2, "Preschools"),
    ]


def test_a_non_preferred_term_is_exploded_from_its_preferred_term():
    thesaurus = thesaurus_of([*ROWS, ("Academies", "USE", "Schools")])
    expansion = thesaurus.expand("academies", explode=True)
    assert [row.how for row in expansion.rows][:2] == ["term", "preferred"]
    assert ("Day Schools",) in expansion.alternatives


def test_a_term_in_whose_place_several_stand_together_is_not_exploded():
    expansion = thesaurus_of(ROWS).expand("School nurses", explode=True)
    assert expansion.alternatives == (("School Nurses",), ("Nurses", "Schools"))
    assert expansion.notes == ("not exploded: in its place stands Nurses + Schools",)


@pytest.mark.parametrize(
    ("term", "alternatives", "note"),
    [
        ("school*", (("school*",),), "a truncated term stands for itself alone"),
        ("wom?n", (("wom?n",),), "a truncated term stands for itself alone"),
        ("Playgroups", (("Playgroups",),), "Playgroups is not in the thesaurus"),
        ("day schools", (("Day Schools",),), "Day Schools has no narrower terms"),
    ],
)
def test_a_term_that_stands_for_itself_alone_says_why(term, alternatives, note):
    expansion = thesaurus_of(ROWS).expand(term, explode=True)
    assert (expansion.alternatives, expansion.notes) == (alternatives, (note,))


def test_a_circle_of_a_hundred_thousand_terms_and_a_chain_of_use_end():
    count = 100_000
    circle = thesaurus_of([(f"t{n}", "NT", f"t{(n + 1) % count}") for n in range(count)])
    rows = circle.expand("t7", explode=True).rows
    assert (len(rows), rows[-1].depth) == (count, count - 1)
    chain = thesaurus_of([(f"t{n}", "USE", f"t{(n + 1) % 2000}") for n in range(2000)])
    assert len(chain.expand("t7", explode=True).rows) == 2000


def test_schools_explode_to_the_85_terms_counted_independently(corpora):
    thesaurus = read_thesaurus(corpora / "thesauri/eric-thesaurus-2025.json")
    with (corpora / "thesauri/eric_schools_explode_2025.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    rows = thesaurus.expand("Schools", explode=True, resolve=False).rows
    assert {row.names[0]: str(row.depth) for row in rows} == {
        row["descriptor"]: row["depth"] for row in expected
    }
    assert len(rows) == 85
    used_for = {name for row in expected for name in row["used_for"].split("|") if name}
    both = thesaurus.expand("Schools", explode=True).rows
    assert {row.names[0] for row in both if row.how == "non-preferred"} == used_for


# In a strategy

STRATEGY = """\
database: demo
name: A database
description: made up
source: {{citation: nobody, page: "1"}}
searched: {{from: not reported, until: not reported}}
thesaurus:
  file: {file}
  note: made up{options}
sets:
  - name: One
    lines: |
      #1 Schools (exp)
      #2 Nursery schools or Playgroups (exp) or school* (ft)
      #3 School nurses
outputs: {{lines: [1], basis: inferred, why: made up}}
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path, TABLE, "t.csv")


def strategy_with(table: Path, *options: str, pinned: bool = True):
    pin = [f"sha256: {sha256_of(table)}"] if pinned else []
    text = STRATEGY.format(file=table, options="".join(f"\n  {one}" for one in (*pin, *options)))
    return read_strategy(written(table.parent, text, "demo.yaml"))


def printed(strategy) -> list[tuple]:
    rows = expansion_rows(strategy, load_thesaurus(strategy))
    return [(row["line"], row.get("name"), row["how"], row.get("depth")) for row in rows]


def test_the_table_has_a_row_for_each_name_that_a_descriptor_stands_for_beyond_itself(table):
    strategy = strategy_with(table)
    assert printed(strategy) == [
        (1, "School Nurses", "non-preferred", 0),
        (1, "Day Schools", "narrower", 1),
        (1, "Preschools", "narrower", 1),
        (1, "Nursery Schools", "non-preferred", 1),
        (2, "Preschools", "preferred", 0),
        (2, None, "alone", None),
        (3, "Nurses + Schools", "preferred", 0),
    ]
    rows = list(expansion_rows(strategy, load_thesaurus(strategy)))
    assert {row["sha256"] for row in rows} == {sha256_of(table)}
    assert {row["thesaurus"] for row in rows} == {str(table)}
    assert rows[5]["note"] == "Playgroups is not in the thesaurus. made up"


def test_the_options_of_a_strategy_hold_for_its_terms(table):
    strategy = strategy_with(table, "leave_out: [preschools]", "non_preferred: none")
    assert printed(strategy) == [(1, "Day Schools", "narrower", 1), (2, None, "alone", None)]
    thesaurus = load_thesaurus(strategy)
    expansion = expansion_of(Term("Schools", explode=True), strategy, thesaurus)
    assert expansion.alternatives == (("Schools",), ("Day Schools",))


def test_without_a_thesaurus_a_descriptor_stands_for_itself_alone_and_that_is_said(project):
    strategy = read_strategy(project / "search_strategies/assia.yaml")
    assert load_thesaurus(strategy) is None
    expansion = expansion_of(Term("Schools", explode=True), strategy, None)
    assert expansion.alternatives == (("Schools",),)
    assert expansion.notes == ("no thesaurus is named",)


@pytest.mark.parametrize("pin", [None, "ab" * 32])
def test_a_thesaurus_that_is_not_pinned_or_another_is_told_with_the_hash_to_write(table, pin):
    options = [f"sha256: {pin}"] if pin else []
    strategy = strategy_with(table, *options, pinned=False)
    with refused(strategy.path, sha256_of(table), pin or "missing"):
        load_thesaurus(strategy)


def test_a_pin_that_is_no_hash_is_told_by_the_schema(table):
    with refused(table.parent / "demo.yaml", "sha256", "64 hexadecimal digits"):
        strategy_with(table, "sha256: ABC", pinned=False)


def test_a_thesaurus_that_is_not_there_is_told(table):
    strategy = strategy_with(table)
    table.unlink()
    with refused(f"{strategy.path}:7:", "does not exist"):
        load_thesaurus(strategy)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Pre-scools", ["'Pre-scools'", "is not in", "Preschools"]),
        ("Zzzz", ["'Zzzz'", "no name in it is like this one"]),
        ("Nursery schools", ["no preferred term", "Preschools"]),
    ],
)
def test_a_term_to_leave_out_that_is_no_preferred_term_is_told(table, name, words):
    strategy = strategy_with(table, f"leave_out: [Day Schools, {name}]")
    with refused(f"{strategy.path}:10:", *words):
        load_thesaurus(strategy)


def test_the_thesauri_of_the_shipped_strategies_are_pinned(project):
    pinned = [
        strategy
        for path in sorted((project / "search_strategies").glob("*.yaml"))
        if (strategy := read_strategy(path)).thesaurus
    ]
    assert [strategy.database for strategy in pinned] == ["bei", "eric"]
    assert all(isinstance(load_thesaurus(strategy), Thesaurus) for strategy in pinned)


def test_the_example_of_the_documentation_pins_the_shipped_file(project):
    text = (project / "docs/strategy-language.md").read_text(encoding="utf-8")
    assert sha256_of(project / "resources/thesauri/eric-schools-2025.csv") in text


# The status of the descriptors

SHIPPED = PROJECT / "resources/thesauri/eric-descriptor-status-2025.csv"


def looked_up(strategy: Path, thesaurus: Path, out: Path) -> list[dict[str, str]]:
    arguments = ["strategy", "terms", strategy, "--thesaurus", thesaurus, "-o", out]
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    return read_csv(out)


def test_the_status_says_what_each_descriptor_is_in_the_thesaurus(table, tmp_path):
    strategy = strategy_with(table)
    xml = eric_xml(
        eric_term("School", NT="Day Schools"),
        eric_term("Day Schools", NT="Boarding Schools"),
        eric_term("Nursery Schools", "Synonym", U="Preschools"),
        eric_term("School Nurses", "Dead"),
    )
    rows = looked_up(strategy.path, written(tmp_path, xml, "eric.xml"), tmp_path / "status.csv")
    assert [(row["term"], row["status"]) for row in rows] == [
        ("Schools", "not in this thesaurus"),
        ("Nursery schools", "non-preferred"),
        ("Playgroups", "not in this thesaurus"),
        ("School nurses", "retired"),
    ]
    assert rows[0]["nearest"] == "School; Preschools"
    assert rows[1]["preferred"] == "Preschools"
    assert rows[0]["thesaurus"] == "eric.xml"


def test_the_shipped_status_of_the_27_terms_is_made_by_the_command(corpora, tmp_path):
    path = corpora / "thesauri/eric-thesaurus-2025.json"
    looked_up(PROJECT / "search_strategies/eric.yaml", path, tmp_path / "status.csv")
    assert (tmp_path / "status.csv").read_text("utf-8") == SHIPPED.read_text("utf-8")


def test_the_shipped_status_equals_the_one_found_independently(corpora):
    expected = read_csv(corpora / "thesauri/appendix1_eric_descriptor_status.csv")
    ours = read_csv(SHIPPED)
    assert len(ours) == 27
    for row, other in zip(ours, expected, strict=True):
        assert (row["line"], row["term"]) == (other["line"], other["term_as_printed"])
        assert row["exploded"] == other["exploded"]
        assert row["status"] == other["status_2025"]
        assert row["preferred"] == other["preferred_2025"]
        assert set(filter(None, row["broader"].split("; "))) == set(
            filter(None, other["broader"].split("|"))
        )
        assert int(row["narrower_direct"]) == len(list(filter(None, other["narrower"].split("|"))))
        assert set(row["non_preferred"].split("; ")) == set(other["used_for"].split("|"))
        assert row["sha256"] == sha256_of(corpora / "thesauri/eric-thesaurus-2025.json")
    assert {row["narrower_any_depth"] for row in ours if row["term"] == "Schools"} == {"84"}


def test_relations_to_itself_and_circles_are_told():
    rows = [("a", "NT", "A"), ("b", "NT", "c"), ("c", "NT", "b"), ("d", "NT", "b"), ("e", "USE", "f"),
            ("f", "USE", "e"), ("g", "NT", "h")]  # fmt: skip
    assert thesaurus_of(rows).findings == (
        "relations from a term to itself, not taken: 1, such as A",
        "terms that lead into a circle of relations, each taken once: 5, such as b",
    )
    assert not thesaurus_of([("a", "NT", "b"), ("b", "NT", "c"), ("a", "NT", "c")]).findings


@given(st.lists(st.tuples(*[st.sampled_from("abcdef")] * 2), max_size=12))
def test_the_terms_that_lead_into_a_circle_are_those_from_which_one_can_walk_without_end(pairs):
    links = {(above, below) for above, below in pairs if above != below}
    walkers = set("abcdef")
    for _ in range(6):  # longer than any walk that meets no term twice
        walkers = {above for above, below in links if below in walkers}
    found = thesaurus_of([(above, "NT", below) for above, below in links]).findings
    assert bool(found) == bool(walkers)
    if walkers:
        assert found[0].endswith(f"taken once: {len(walkers)}, such as {min(walkers)}")
