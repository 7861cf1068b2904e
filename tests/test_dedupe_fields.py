"""What is read of a title, an author, pages, a volume, an issue and a journal, however it is put."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchsets.dedupe.evidence import authors_of, number_of, pages_of, title_of, words_alone
from searchsets.dedupe.names import read_authors, same_name
from searchsets.dedupe.places import read_issue, read_pages, read_volume
from searchsets.dedupe.reading import doi_without_version
from searchsets.dedupe.titles import is_column, numbers_in, read_title
from searchsets.dedupe.venues import read_venue, same_venue

TITLE = "joint planning in two boroughs"
STATED = "Joint planning in two boroughs"
GERMAN = "Gemeinsame Planung in zwei Bezirken"


def not_yet(*values: object, reason: str):
    """Return a case that the code does not meet; the test fails as soon as it does."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


# Titles


@pytest.mark.parametrize(
    "stated",
    [
        STATED,
        f"{STATED}.",
        f"  {STATED} ",
        f'"{STATED}"',
        f"'{STATED}.'",
        STATED.upper(),
        "Joint  planning: in two—boroughs?",
        f"[{STATED}]",
        f"[{STATED}].",
        f"{STATED} [Spanish]",
        f"[{STATED}] [Spanish]",
        f"{STATED}. [Review]",
        f"{STATED}. [Review] [33 refs]",
        f"{STATED}. [33 refs]",
        f"{STATED} [Review] [1 ref] [French]",
        f"{STATED} [In Process Citation]",
        f"{STATED} [see comments]",
        f"{STATED} [comment]",
        f"{STATED} [abstract]",
        f"{STATED} [Erratum appears in J Harb Stud. 2006 May;4(2):99]",
        f"{STATED}.[Erratum appears in J Harb Stud 2006;4:99 Note: Day [corrected to Dey]]",
        f"{STATED} [published erratum appears in Tide Rep 1999 Jan;3(1):12]",
        f"{STATED} [Retraction in: J Harb Stud. 2008;6:1]",
        f"{STATED} [Republished from Tide Rep 1999]",
        f"{STATED} [Summary for patients in Tide Rep. 2001;2:5]",
        f"{STATED} [Reply in Tide Rep. 2001;2:5",
        f"{STATED} [1]",
        f"{STATED}*",
        f"{STATED} †‡",
        f"{STATED}... includes discussion",
        f"{STATED} … see comment in Tide Rep",
        f"{STATED} (multiple letters)",
        f"{STATED} (poster)",
        f"{STATED} (Extended Abstract)",
        f"(Invited paper) {STATED}",
    ],
)
def test_a_title_is_its_words_and_nothing_that_was_put_around_it(stated):
    assert " ".join(read_title(stated).words) == TITLE


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("Children’s homes", "childrens homes"),
        ("Children's homes", "childrens homes"),
        ("École & société: l'état", "ecole societe letat"),
        ("β-Blockers at sea", "β blockers at sea"),
        ("Tides (in two boroughs)", "tides in two boroughs"),
        ("Reading <10 books a year", "reading 10 books a year"),
        ("When p = 0.05 misleads ports", "when p 0 05 misleads ports"),
        ("Why supply = demand in harbours", "why supply demand in harbours"),
        ("Fees of ports [0-3 years] and tides", "fees of ports 0 3 years and tides"),
        ("Salt; a history", "salt a history"),
        ("Schools: what next?", "schools what next"),
        ("Управление портами", "управление портами"),
        ("海港 的 潮汐", "海港 的 潮汐"),
        ("إدارة الموانئ", "ادارة المواني"),
        ("Ο λιμένας Ὀδυσσεύς", "ο λιμενασ οδυσσευσ"),
        ("Ｔｉｄｅｓ ｉｎ ｐｏｒｔｓ", "tides in ports"),
        ("ﬁshing ports", "fishing ports"),
    ],
)
def test_the_words_of_a_title_are_folded_in_every_script(stated, words):
    assert " ".join(read_title(stated).words) == words


@pytest.mark.parametrize("stated", ["", "   ", "...", "—", "[ ]", "?!", "*", "(poster)"])
def test_a_title_without_words_is_none(stated):
    assert read_title(stated).words == ()
    assert read_title(stated).forms == ()


@pytest.mark.parametrize(
    "stated",
    [
        f"{GERMAN} = {STATED}",
        f"{GERMAN} [{STATED}]",
        f"{GERMAN}. [{STATED}].",
        f"[{GERMAN}] EN: {STATED}",
        f"{GERMAN}; {STATED}",
        f"{GERMAN} <Original title> {STATED}",
        f"{GERMAN} [{STATED}] [German]",
    ],
)
def test_a_second_title_is_found_beside_the_first(stated):
    title = read_title(stated)
    assert title.words == read_title(GERMAN).words
    assert set(title.forms) == {form for one in (GERMAN, STATED) for form in read_title(one).forms}


@pytest.mark.parametrize(
    "stated",
    [f"{STATED} [German]", f"{STATED} [a note]", f"{STATED}; a note", f"{STATED}, p = .05", STATED],
)
def test_a_short_note_is_no_second_title(stated):
    assert len(read_title(stated).forms) == 1


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("Erratum", "erratum"),
        (f"Erratum: {STATED}", "erratum"),
        (f'Erratum to: "{STATED}"', "erratum"),
        (f"Corrigendum to {STATED}", "erratum"),
        (f"Corrigenda: {STATED}", "erratum"),
        (f"Publisher's erratum: {STATED}", "erratum"),
        (f"{STATED} - Erratum", "erratum"),
        (f"{STATED} (Corrigendum)", "erratum"),
        ("Corrections", "erratum"),
        (f"Correction: {STATED}", "erratum"),
        (f"Correction to: {STATED}", "erratum"),
        (f"Author Correction: {STATED}", "erratum"),
        (f"Publisher Correction: {STATED}", "erratum"),
        ("Correctional officers in two boroughs", ""),
        ("Error correction in two boroughs", ""),
        ("Correction factors for tide gauges", ""),
        (f"RETRACTED: {STATED}", "retraction"),
        (f"Retraction notice to {STATED}", "retraction"),
        (f"WITHDRAWN: {STATED}", "retraction"),
        (f"Expression of concern: {STATED}", "retraction"),
        ("Social withdrawal in harbour towns", ""),
        (f"{STATED} - Reply", "reply"),
        (f"{STATED}: reply", "reply"),
        (f"Reply: {STATED}", "reply"),
        (f"Response: {STATED}", "reply"),
        (f"{STATED}: author's response", "reply"),
        ("Authors' reply", "reply"),
        ("The authors reply", "reply"),
        ("In reply", "reply"),
        ("Reply to Fox", "reply"),
        ("Tides: a response to Fox et al.", "reply"),
        ("Rejoinder", "reply"),
        ("Dose response curves of tides", ""),
        (f"Re: {STATED}", "comment"),
        (f"RE: {STATED}", "comment"),
        ("Re Fox et al.", "comment"),
        ("Re-thinking harbour fees", ""),
        ("Reading in harbour towns", ""),
        (f"Comment on {STATED}", "comment"),
        (f"Comments to: {STATED}", "comment"),
        (f"Invited commentary: {STATED}", "comment"),
        (f"{STATED} - Comment", "comment"),
        (f"Discussion of {STATED}", "comment"),
        (f"{STATED}: a letter to the editor", "comment"),
        ("Commenting on tides at school", ""),
        (f"Study protocol for {STATED}", "protocol"),
        (f"{STATED}: study protocol", "protocol"),
        (f"{STATED}: study protocol for a randomised trial", "protocol"),
        (f"{STATED} (Protocol)", "protocol"),
        ("Protocols of harbour pilots", ""),
        (f"{STATED}: executive summary", "summary"),
        (f"Executive summary of {STATED}", "summary"),
        (f"Supplement to {STATED}", "supplement"),
        (f"Addendum for {STATED}", "supplement"),
        (f"{STATED} (vol 12, pg 34, 2005)", "notice"),
        (f"{STATED} (vol 12, p 34, 2005)", "notice"),
        (f"{STATED} [Vol. 12, pp. 34-39]", "notice"),
        (f"{STATED} (Harbour Studies (2005) 12 (34-39))", "notice"),
        (f"{STATED} (volume one)", ""),
        (STATED, ""),
        ("", ""),
    ],
)
def test_a_title_says_what_kind_of_text_about_another_it_names(stated, kind):
    assert read_title(stated).kind == kind


def test_a_notice_is_read_without_the_place_that_it_is_about():
    assert " ".join(read_title(f"{STATED} (vol 12, pg 34, 2005)").words) == TITLE


@pytest.mark.parametrize(
    ("stated", "labels"),
    [
        ("Tides (poster)", {"poster"}),
        ("Tides (Poster Session)", {"poster", "session"}),
        ("Tides (extended abstract) (demo)", {"extended", "abstract", "demo"}),
        ("Tides (of the north)", set()),
        ("A poster on tides", set()),
    ],
)
def test_a_label_in_parentheses_says_how_a_text_was_given(stated, labels):
    assert read_title(stated).labels == labels


@pytest.mark.parametrize(
    ("stated", "numbers"),
    [
        ("Tides, part 2", (2,)),
        ("Tides, Part II", (2,)),
        ("Tides, part two", (2,)),
        ("The second tide", (2,)),
        ("Tides: Part I", (1,)),
        ("Tides I", (1,)),
        ("Phase V of tides", (5,)),
        ("I swim", ()),
        ("An X ray of tides", ()),
        ("Tides IV", (4,)),
        ("The 4th tide of 2004", (4, 2004)),
        ("2004-05 tides", (5, 2004)),
        ("Tides of 4-year-olds", (4,)),
        ("H1N1 at sea", ()),
        ("Tides", ()),
        ("", ()),
    ],
)
def test_the_numbers_of_a_title_are_read_however_they_are_written(stated, numbers):
    assert read_title(stated).numbers == numbers


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("editorial", True),
        ("guest editors introduction", True),
        ("letters to the editor", True),
        ("book reviews", True),
        ("in this issue", True),
        ("presidents message", True),
        ("editorial policies", False),
        ("introduction to harbour law", False),
        ("tides", False),
    ],
)
def test_a_column_of_a_journal_is_told_from_a_title_that_says_more(words, expected):
    assert is_column(tuple(words.split())) is expected


LONG = "Harbour fees and the wages of dockers in seven northern towns"
TITLE_LEVELS = [
    (STATED, STATED.upper(), "same"),
    (STATED, f"[{STATED}]. [Review] [3 refs]", "same"),
    (f"{GERMAN} [{STATED}]", STATED, "same"),
    (f"{GERMAN} [{STATED}]", GERMAN, "same"),
    (f"{GERMAN} = {STATED}", f"{STATED} = {GERMAN}", "same"),
    ("Invitro tides of harbours", "In vitro tides of harbours", "same"),
    ("Re-thinking harbour fees", "Rethinking harbour fees", "same"),
    ("Évaluation of harbour fees", "Evaluation of harbour fees", "same"),
    (LONG, LONG.replace("Harbour", "Harbor"), "spelling"),
    (LONG, LONG.replace("and the", "and"), "spelling"),
    (LONG, LONG.replace("dockers", "dokcers"), "typo"),
    (f"The fourth study of {LONG}", f"The 4th study of {LONG}", "spelling"),
    (f"Oestrogen and {LONG}", f"Estrogen and {LONG}", "spelling"),
    (f"Aetiology and {LONG}", f"Etiology and {LONG}", "spelling"),
    (f"Randomised {LONG}", f"Randomized {LONG}", "spelling"),
    (LONG, LONG.replace("wages", "hopes"), "near"),
    (LONG, LONG.replace("seven", "some seven"), "near"),
    (f"{LONG}: boys", f"{LONG}: girls", "near"),
    (f"{LONG}: men", f"{LONG}: women", "near"),
    (f"{LONG}: male", f"{LONG}: female", "near"),
    (f"{LONG} in Iran", f"{LONG} in Iraq", "near"),
    (f"Hypertension and {LONG}", f"Hypotension and {LONG}", "near"),
    (f"{LONG} of inpatients", f"{LONG} of outpatients", "near"),
    (f"Preoperative {LONG}", f"Postoperative {LONG}", "near"),
    (f"{LONG}, with tides", f"{LONG}, without tides", "near"),
    (f"{LONG}: Part I", f"{LONG}: Part II", "contained"),
    (f"{LONG} A", f"{LONG} B", "near"),
    (f"{LONG} 1998", f"{LONG} 1999", "near"),
    (LONG, f"{LONG}: a study of northern ports and of their tides", "contained"),
    (STATED, f"{STATED} (poster)", "contained"),
    (f"Erratum: {LONG}", LONG, "contained"),
    (LONG, "Harbour fees and the wages of pilots in the southern isles", "loose"),
    (LONG, "What swimmers eat", "other"),
    ("海港研究", "山地生活", "other"),
    (LONG, "", "missing"),
    ("...", "...", "missing"),
]


@pytest.mark.parametrize(("one", "other", "level"), TITLE_LEVELS)
def test_two_titles_are_the_same_or_near_or_others(one, other, level):
    a, b = read_title(one), read_title(other)
    assert title_of(a, b)[0] == level
    assert title_of(b, a) == title_of(a, b)


@pytest.mark.parametrize(
    ("one", "other", "sense"),
    [
        ("labour law", "labor law", "spelling"),
        ("in vitro", "invitro", "spelling"),
        ("the law", "law", "spelling"),
        ("law of tides", "law for tides", "spelling"),
        ("ageing", "aging", "typo"),
        ("vitamin a", "vitamin e", "near"),
        ("paternal leave", "maternal leave", "slip"),
        ("losartan", "valsartan", "slip"),
        ("achitecture", "architecture", "typo"),
        ("girls", "boys", "near"),
        ("law", "law today", "near"),
        ("increase", "decrease", "near"),
        ("effective fees", "ineffective fees", "near"),
        ("macronutrients", "micronutrients", "near"),
        ("intracellular", "intercellular", "near"),
        ("hepatitis a", "hepatitis b", "near"),
        ("dockers pilots", "pilots dockers", "spelling"),
    ],
)
def test_one_word_in_the_place_of_another_may_be_a_slip_or_say_something_else(
    one, other, sense
):
    a, b = tuple(one.split()), tuple(other.split())
    assert words_alone(a, b)[1] == sense


TITLE_LETTERS = st.text(string.ascii_letters + " ", min_size=1)


@given(TITLE_LETTERS)
def test_letter_case_and_a_full_stop_change_no_title(stated):
    assert read_title(stated.upper() + ".").forms == read_title(stated.lower()).forms


WORDS = st.sampled_from(["tide", "tides", "one", "2", "ii", "x", "part", "iv", "2004", "third"])


@given(st.lists(WORDS, min_size=1).flatmap(lambda ws: st.tuples(st.just(ws), st.permutations(ws))))
def test_numbers_that_are_numbers_anywhere_do_not_hang_on_their_place(pair):
    one, other = ([w for w in words if w != "x"] for words in pair)  # "x" counts behind "part"
    assert numbers_in(tuple(one)) == numbers_in(tuple(other))


# Names


@pytest.mark.parametrize(
    ("entries", "surnames"),
    [
        (["Fox, A."], ["fox"]),
        (["Fox, A. B."], ["fox"]),
        (["Fox, AB"], ["fox"]),
        (["Fox, Ann"], ["fox"]),
        (["Fox, Ann B."], ["fox"]),
        (["Fox AB"], ["fox"]),
        (["Fox A.B."], ["fox"]),
        (["A. B. Fox"], ["fox"]),
        (["Ann Fox"], ["fox"]),
        (["Ann B. Fox"], ["fox"]),
        (["Fox"], ["fox"]),
        (["FOX, ANN"], ["fox"]),
        (["Fox, A-M"], ["fox"]),
        (["Fox, É."], ["fox"]),
        (["Fox AB Jr"], ["fox"]),
        (["Fox, A., Jr."], ["fox"]),
        (["Fox, A.", "Day, B."], ["fox", "day"]),
        (["Ann Fox, Bob Day"], ["fox", "day"]),
        (["Ann Fox, Bob Day, Cy Lee"], ["fox", "day", "lee"]),
        (["Ann Fox and Bob Day"], ["fox", "day"]),
        (["Ann Fox & Bob Day"], ["fox", "day"]),
        (["Ann Fox, Bob Day, and Cy Lee"], ["fox", "day", "lee"]),
        (["Fox A, Day B"], ["fox", "day"]),
        (["Fox AB, Day CD, Lee E"], ["fox", "day", "lee"]),
        (["A. Fox, B. Day"], ["fox", "day"]),
        (["Fox, A., Day, B."], ["fox", "day"]),
        (["Fox, A., Day, B., and Lee, C."], ["fox", "day", "lee"]),
        (["Fox, A., B. Day"], ["fox", "day"]),
        (["Fox, É., Day, B."], ["fox", "day"]),
        (["Fox, A., et al."], ["fox"]),
        (["Fox A, et al"], ["fox"]),
        (["Ann Fox et al."], ["fox"]),
        (["Fox, A.", "And Others"], ["fox"]),
        (["van der Berg, A."], ["berg"]),
        (["Van der Berg A"], ["berg"]),
        (["Anna van der Berg"], ["berg"]),
        (["Van der Berg, Ann B."], ["berg"]),
        (["De la Cruz, M."], ["cruz"]),
        (["al-Rashid, M."], ["rashid"]),
        (["von Fuchs, H."], ["fuchs"]),
        (["Fox-Day, K."], ["fox day"]),
        (["Fox Day, K. L."], ["fox day"]),
        (["O'Neill, P."], ["oneill"]),
        (["O’Neill P"], ["oneill"]),
        (["Ñúñez, J."], ["nunez"]),
        (["Müller, K."], ["muller"]),
        (["Øde, K."], ["øde"]),
        (["Li, X."], ["li"]),
        (["王小海"], ["王小海"]),
        (["王, 小海"], ["王"]),
        (["Иванков, И. П."], ["иванков"]),
        (["Иванков И.П."], ["иванков"]),
        (["Иванков, И. П., Морская, А. С."], ["иванков", "морская"]),
        (["Λιμενάς, Γ."], ["λιμενασ"]),
        (["Γιώργος Λιμενάς"], ["λιμενασ"]),
        (["سالم البحري"], ["البحري"]),
        (["Department of Harbours"], ["department of harbours"]),
        (["Harbour Towns Association"], ["harbour towns association"]),
        (["House of Tides, Pilots Committee"], ["house of tides pilots committee"]),
        (["The NORTH Investigators"], ["the north investigators"]),
        (["Council, A."], ["council"]),
        not_yet(["ANN FOX, BOB DAY"], ["fox", "day"], reason="capitals are taken for initials"),
        not_yet(["Fox & Day"], ["fox", "day"], reason="it is read as a surname and a given name"),
    ],
)  # fmt: skip
def test_an_author_is_told_by_the_surname(entries, surnames):
    assert [" ".join(name.surname) for name in read_authors(entries)] == surnames


@pytest.mark.parametrize(
    "stated",
    ["", "Anonymous", "[Anonymous]", "Anon", "[Anon]", "ANON.", "No author", "[No authors listed]",
     "Unknown", "N/A", "n.a.", "et al.", "And Others", "None", "Not available", "...", ", ."],
)  # fmt: skip
def test_who_is_not_named_is_no_author(stated):
    assert read_authors([stated]) == ()


@pytest.mark.parametrize(
    ("stated", "is_organisation"),
    [("Ministry of Tides", True), ("Fox, A.", False), ("Council, A.", False),
     ("University of the Harbour", True), ("Ann Partner", False)],
)  # fmt: skip
def test_an_organisation_is_told_from_a_person(stated, is_organisation):
    (name,) = read_authors([stated])
    assert name.organisation is is_organisation


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Fox, A.", "Ann Fox", True),
        ("Fox, A.", "A. Fox", True),
        ("Marina García", "Garcia, M.", True),
        ("Müllers, K.", "Muellers, K.", True),
        ("O'Neill, P.", "O Neill, P.", True),
        ("MacTide, J.", "Mac Tide, J.", True),
        ("Garcia Ramos, S.", "Ramos, S. Garcia", True),
        ("Fox-Day, K.", "Fox, K.", True),
        ("Fox-Day, K.", "Day, K.", True),
        ("Lin Haiyan", "Haiyan Lin", True),
        ("Harborough, J.", "Harboroughs, J.", True),
        ("Иванков, И.", "И. Иванков", True),
        ("Ministry of Tides", "Ministry of Tides", True),
        ("王, 小海", "王小海", True),
        ("Van den Berg, A.", "Vandenberg, A.", True),
        ("Fox, A.", "Day, A.", False),
        ("Ann Fox", "Ann Day", False),
        ("Li, X.", "Lu, X.", False),
        ("Иванков, И.", "Морская, И.", False),
        ("Department of Harbours", "Department for Learning and Skills", False),
    ],
)
def test_two_names_can_be_one_persons(one, other, same):
    (a,), (b,) = read_authors([one]), read_authors([other])
    assert same_name(a, b) is same
    assert same_name(b, a) is same


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (["Fox, A."], ["Ann Fox"], "same"),
        (["Fox, A.", "Day, B."], ["Fox A, Day B"], "same"),
        (["Fox, A.", "Day, B.", "Lee, C."], ["Fox, A.", "And Others"], "same"),
        (["Fox, A.", "Day, B.", "Lee, C."], ["Day, B.", "Lee, C."], "same"),
        (["Fox, A.", "Day, B.", "Lee, C."], ["Fox, A.", "Day, B.", "Marsh, D."], "same"),
        (["Fox, A.", "Day, B."], ["Day, B.", "Fox, A."], "same"),
        (["Fox, A.", "Day, B."], ["Fox, A.", "Marsh, D."], "near"),
        (["Fox, A.", "Day, B."], ["Marsh, D.", "Day, B."], "near"),
        (["Fox, A."], ["Day, B.", "Fox, A."], "near"),
        (["Fox, A."], ["Day, B."], "other"),
        (["Ministry of Tides"], ["Harbour Towns Association"], "other"),
        (["Fox, A."], [], "missing"),
        (["Anonymous"], ["Anonymous"], "missing"),
    ],
)
def test_two_lists_of_authors_agree_or_do_not(one, other, level):
    a, b = read_authors(one), read_authors(other)
    assert authors_of(a, b) == level
    assert authors_of(b, a) == level


SYLLABLES = st.sampled_from(["ko", "ri", "tam", "mu", "zel", "ba"])
PLAIN_NAMES = st.lists(SYLLABLES, min_size=2, max_size=4).map("".join).map(str.capitalize)


@given(PLAIN_NAMES, PLAIN_NAMES)
def test_a_name_is_the_same_in_every_form(forename, surname):
    forms = (
        f"{surname}, {forename}", f"{surname}, {forename[0]}.", f"{surname}, {forename[0]}",
        f"{surname} {forename[0]}", f"{forename} {surname}", f"{forename[0]}. {surname}",
        f"{surname.upper()}, {forename[0]}.", f"{surname} {forename[0]}, et al.",
    )  # fmt: skip
    assert {name.surname for form in forms for name in read_authors([form])} == {(surname.lower(),)}


# Places


@pytest.mark.parametrize(
    ("stated", "starts", "ends", "prefix", "span"),
    [
        ("482-491", "482", "491", "", 10),
        ("482-91", "482", "491", "", 10),
        ("482-1", "482", "481", "", 0),
        ("482–491", "482", "491", "", 10),
        ("482—91", "482", "491", "", 10),
        ("482 - 491", "482", "491", "", 10),
        ("482--491", "482", "491", "", 10),
        ("482 to 491", "482", "491", "", 10),
        ("482/491", "482", "491", "", 10),
        ("pp. 482-491", "482", "491", "", 10),
        ("pp 482-91", "482", "491", "", 10),
        ("Pages 482-491.", "482", "491", "", 10),
        ("p. 7", "7", "", "", 0),
        ("0012-0019", "12", "19", "", 8),
        ("7", "7", "", "", 0),
        ("7-7", "7", "7", "", 1),
        ("S12", "12", "", "s", 0),
        ("S12-S19", "12", "19", "s", 8),
        ("S12-9", "12", "19", "s", 8),
        ("e123", "123", "", "e", 0),
        ("e12–e19", "12", "19", "e", 8),
        ("123.e1-123.e9", "123", "123", "", 1),
        ("CD001234", "001234", "", "cd", 0),
        ("Article 12", "12", "", "article", 0),
        ("12A", "12", "", "a", 0),
        ("C-326", "326", "", "", 0),
        ("HS3-HS9", "3", "9", "hs", 7),
        ("01-Aug", "1", "8", "", 8),
        ("Aug-12", "8", "12", "", 5),
        ("xii-xv", "xii", "xv", "", 0),
        ("VIII", "viii", "", "", 0),
        ("ix, 12", "ix 12", "", "", 0),
        ("12-15, 20-22", "12 20", "15 22", "", 4),
        ("12-15 + 20", "12 20", "15", "", 4),
        ("2243-5; author reply 2243-5", "2243", "2245", "", 3),
        ("2243-5 author reply 2250", "2243", "2245", "", 3),
        ("1-8; discussion 9-12", "1", "8", "", 8),
        ("1-8 discussion 9-12", "1", "8", "", 8),
        ("1-8 (quiz 9)", "1", "8", "", 8),
        ("12-", "12", "", "", 0),
        ("N.PAG", "", "", "", 0),
        ("N.PAG-N.PAG", "", "", "", 0),
        ("July", "", "", "", 0),
        ("12-Foo", "12", "", "", 0),
        ("no pagination", "", "", "", 0),
        ("-", "", "", "", 0),
        ("", "", "", "", 0),
    ],
)
def test_pages_are_where_a_text_begins_and_ends(stated, starts, ends, prefix, span):
    pages = read_pages(stated)
    assert pages.starts == tuple(sorted(starts.split()))
    assert pages.ends == tuple(sorted(ends.split()))
    assert (pages.prefix, pages.span) == (prefix, span)


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        ("482-91", "482–491", ("same", "same")),
        ("482-91", "482", ("same", "missing")),
        ("482-491", "482-492", ("same", "near")),
        ("482-491", "482-530", ("same", "other")),
        ("482-491", "483-491", ("near", "same")),
        ("482-491", "842-491", ("near", "same")),
        ("482-491", "428-491", ("near", "same")),
        ("482-491", "1-10", ("near", "missing")),
        ("12-19", "13-20", ("other", "other")),
        ("S12", "12", ("same", "missing")),
        ("S12", "E12", ("near", "missing")),
        ("12-15, 20-22", "20-22", ("same", "same")),
        ("12", "N.PAG", ("missing", "missing")),
        ("xii-xv", "XII", ("same", "missing")),
        ("12-19", "31-38", ("other", "other")),
    ],
)
def test_two_first_and_last_pages_agree_or_do_not(one, other, levels):
    a, b = read_pages(one), read_pages(other)
    assert pages_of(a, b) == levels
    assert pages_of(b, a) == levels


@given(st.integers(1, 99_999), st.integers(0, 200), st.sampled_from(["-", "–", "—", " - ", "--"]))
def test_a_range_of_pages_is_one_however_its_end_is_cut(start, more, dash):
    first, last = str(start), str(start + more)
    kept = next(n for n in range(len(last) + 1) if first[:n] != last[:n] or n == len(last))
    cut = last[kept - 1 :] if len(first) == len(last) and kept else last
    assert read_pages(f"{first}{dash}{cut}") == read_pages(f"pp. {first}-{last}")
    assert read_pages(f"{first}{dash}{cut}").span == more + 1


@pytest.mark.parametrize(
    ("stated", "values", "supplement"),
    [
        ("53", {53}, False),
        ("053", {53}, False),
        ("53 Suppl 2", {53}, True),
        ("53 (Suppl. 1)", {53}, True),
        ("53S", {53}, True),
        ("53 Supplement", {53}, True),
        ("Vol. 53", {53}, False),
        ("53(2)", {53}, False),
        ("53, no. 2", {53}, False),
        ("53A", {53}, False),
        ("53-54", {53, 54}, False),
        ("53/54", {53, 54}, False),
        ("2015-April", {2015}, False),
        ("XIV", {14}, False),
        ("xl", {40}, False),
        ("IX.", {9}, False),
        ("Jahrgang 7", {7}, False),
        ("April", set(), False),
        ("ıv", set(), False),
        ("", set(), False),
        ("Quay Street 12, 10115 Madeup Harbour, Band 7", {7}, False),
    ],
)
def test_a_volume_is_its_number(stated, values, supplement):
    volume = read_volume(stated)
    assert (volume.values, volume.supplement) == (values, supplement)


@pytest.mark.parametrize(
    ("stated", "values", "supplement"),
    [
        ("3", {3}, False),
        ("No. 3", {3}, False),
        ("3-4", {3, 4}, False),
        ("3/4", {3, 4}, False),
        ("4 (Pt 2)", {2, 4}, False),
        ("Suppl. 1", {1}, True),
        ("S1", {1}, True),
        ("1 SUPPL", {1}, True),
        ("Suppl", set(), True),
        ("13, Sp. Iss. SI", {13}, False),
        ("Spec No", set(), False),
        ("Jan-Feb", set(), False),
        ("Summer", set(), False),
        ("", set(), False),
        ("Quay Street 12, 10115 Madeup Harbour", set(), False),
    ],
)
def test_an_issue_is_its_numbers_and_whether_it_is_a_supplement(stated, values, supplement):
    issue = read_issue(stated)
    assert (issue.values, issue.supplement) == (values, supplement)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [("3", "3", "same"), ("3-4", "4", "same"), ("1", "Suppl 1", "near"), ("3", "4", "other"),
     ("3", "", "missing"), ("Suppl", "Suppl", "missing")],
)  # fmt: skip
def test_two_issues_agree_or_do_not(one, other, level):
    a, b = read_issue(one), read_issue(other)
    assert number_of(a, b) == level
    assert number_of(b, a) == level


ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
         (1, "I"))  # fmt: skip


@given(st.integers(1, 399))
def test_a_roman_volume_is_read_back_as_the_number_that_it_was_written_from(number):
    left, written = number, ""
    for value, digits in ROMAN:
        written += digits * (left // value)
        left %= value
    assert read_volume(written).values == {number}
    assert read_volume(written.lower()).values == {number}


# Venues


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Harbour Review", "HARBOUR REVIEW", True),
        ("The Harbour Review", "Harbour Review", True),
        ("Harbour Rev.", "Harbour Review", True),
        ("Harb Rev", "Harbour Review", True),
        ("Hrbr Rev", "Harbour Review", True),
        ("J Harb Stud", "Journal of Harbour Studies", True),
        ("J. Harb. Stud.", "Journal of Harbour Studies", True),
        ("JHS", "Journal of Harbour Studies", True),
        ("Journal of Harbor Studies", "Journal of Harbour Studies", True),
        ("Harbours and Tides", "Harbours & Tides", True),
        ("Harbour Studies: an international quarterly", "Harbour Studies", True),
        ("Harbours : the journal of the pilots", "Harbours", True),
        ("Harbour Studies (Online)", "Harbour Studies", True),
        ("Harbour Studies [electronic resource]", "Harbour Studies", True),
        ("Revista Española de Puertos", "Rev Esp Puertos", True),
        ("Zeitschrift für Hafenkunde", "Z Hafenkd", True),
        ("Proceedings of the 3rd Annual Conference on Harbours", "Conference on Harbours", True),
        ("Int J Tides", "International Journal of Tides", True),
        ("海港研究", "海港研究", True),
        ("Вестник порта", "Вестник порта", True),
        ("Journal of Harbour Studies", "Journal of Highland Law", False),
        ("Harbour Studies", "Harbour Quarterly", False),
        ("Annals of Tides", "Archives of Tides", False),
        ("Tides", "Tides and Ports", False),
        ("JHS", "Journal of Tidal Studies", False),
        ("Journal of Harbour Studies A", "Journal of Harbour Studies B", False),
        ("Trials NCT01234567", "Trials NCT01234568", False),
        ("JH", "Journal of Harbours", False),
        ("Am J Tides", "Aust J Tides", False),
        ("Revista Española de Puertos", "Spanish Review of Ports", False),
        ("海港研究", "山地研究", False),
        ("Вестник порта", "Морской сборник", False),
    ],
)
def test_two_names_are_one_journals(one, other, same):
    a, b = read_venue(one), read_venue(other)
    assert same_venue(a, b) is same
    assert same_venue(b, a) is same


@pytest.mark.parametrize(
    ("stated", "preprint", "meeting"),
    [
        ("arXiv", True, False),
        ("medRxiv : the preprint server", True, False),
        ("Harbour Working Papers", True, False),
        ("OSF Preprints", True, False),
        ("Journal of Print", False, False),
        ("Annual Conference on Tides", False, True),
        ("Tide Meeting Abstracts", False, True),
        ("Harbour Studies", False, False),
        ("", False, False),
    ],
)
def test_a_venue_may_be_a_place_for_preprints_or_a_meeting(stated, preprint, meeting):
    venue = read_venue(stated)
    assert (venue.preprint, venue.meeting) == (preprint, meeting)


@pytest.mark.parametrize(
    ("stated", "bare"),
    [
        ("10.1000/tide.cd000001.pub2", "10.1000/tide.cd000001"),
        ("10.1000/tide.v2", "10.1000/tide"),
        ("10.1000/tide/v12", "10.1000/tide"),
        ("10.1000/tide.2020v1", "10.1000/tide.2020"),
        ("10.1000/nov10", "10.1000/nov10"),
        ("10.1000/tide.2", "10.1000/tide.2"),
        ("10.1000/pub2", "10.1000/pub2"),
        ("", ""),
    ],
)
def test_what_names_a_version_is_no_part_of_a_doi(stated, bare):
    assert doi_without_version(stated) == bare
