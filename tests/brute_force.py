"""A slow, obviously right evaluator of numbered boolean search strategies, to hold a fast engine against.

It reads one record at a time, compares word by word, builds no index and uses no regular expression. It imports nothing
of the project: where it and the engine differ, one of the two has read the rules wrongly.

>>> record = {"title": "Children's services", "abstract": None, "descriptors": [], "keywords": []}
>>> evaluate({1: '"childrens service*" (ft)', 2: "siblings (ft)", 3: "#1 or #2", 4: "Childrens Services"}, record)
{1: (True, True), 2: (None, None), 3: (True, True), 4: (None, True)}
"""

import itertools
import unicodedata
from fractions import Fraction

APOSTROPHES = "\u0027\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"
QUOTES = '"\u201c\u201d'
FIELDS = ("title", "abstract", "descriptors", "keywords")
LISTS = ("descriptors", "keywords", "authors")
CODES = {
    "ti": "title",
    "ab": "abstract",
    "de": "descriptors",
    "kw": "keywords",
    "au": "authors",
    "so": "container",
}
TAGS = {"ft": "free", "exp": "explode"}
DIGITS = tuple("0123456789")
PROXIMITY = ("adj", "n", "near", "next", "onear", "pre", "prox", "same", "w")  # of all platforms
FIELDS_BEFORE = "ti ab su de kw au tx ts mh".split()  # no words in capitals
FIELDS_BEHIND = FIELDS_BEFORE + "so sh id hw tw mp jn af".split()


# ---- text -----------------------------------------------------------------------------------------------------------


def split_words(text, keep):
    """Apostrophes deleted, NFKD, marks dropped, lower case, ς = σ; all but letters, digits and `keep` separates words."""
    text = "".join(c for c in text if c not in APOSTROPHES)
    text = "".join(
        c
        for c in unicodedata.normalize("NFKD", text)
        if not unicodedata.category(c).startswith("M")
    )
    text = text.lower().replace("ς", "σ")
    return "".join(c if c.isalnum() or c in keep else " " for c in text).split(" ")


def words(text):
    """A text is its list of normalised words; what is missing has none.

    >>> words("Children’s multi-agency CAFÉS, ΛΟΓΟΣ?"), words(" -- "), words(None)
    (['childrens', 'multi', 'agency', 'cafes', 'λογοσ'], [], [])
    """
    return [word for word in split_words(text or "", keep="") if word]


def term_words(text):
    """A term is normalised like a text, but * and ? are kept in its words; it must hold a letter or digit.

    >>> term_words("Multi-Agenc* wom?n * 's")
    ('multi', 'agenc*', 'wom?n', '*', 's')
    >>> term_words("* ?")
    Traceback (most recent call last):
    ValueError: no letter or digit in the term '* ?'
    """
    if not words(text):
        raise ValueError(f"no letter or digit in the term {text!r}")
    return tuple(word for word in split_words(text, keep="*?") if word)


# ---- the language of a line -----------------------------------------------------------------------------------------


def reference_at(text, i):
    """A # is followed by the digits of a line's number; returns (number, end).

    >>> reference_at("a or #12 not b", 5)
    (12, 8)
    >>> reference_at("C# and b", 1)
    Traceback (most recent call last):
    ValueError: no line number behind #: '# and b'
    """
    end = i + 1
    while text[end : end + 1] in DIGITS:
        end += 1
    if end == i + 1:
        raise ValueError(f"no line number behind #: {text[i:]!r}")
    return int(text[i + 1 : end]), end


def dots_at(text, i):
    """The dots of a range are three full stops or the one character …; returns how long they are, else 0."""
    return 3 if text.startswith("...", i) else 1 if text[i] == "…" else 0


def tag_at(text, i):
    """A tag is ft or exp in brackets, in any case, with or without blanks; returns (tag, end) or None.

    >>> tag_at("a ( FT )", 2), tag_at("(exp)", 0), tag_at("(ft or b)", 0)
    (('free', 8), ('explode', 5), None)
    """
    end = text.find(")", i)
    inner = text[i + 1 : end].strip().lower() if text[i] == "(" and end > i else ""
    return (TAGS[inner], end + 1) if inner in TAGS else None


def fields_at(text, i):
    """Square brackets hold codes of fields, parted by commas, in any order, and nothing else; returns (fields, end).

    >>> fields_at("a [ ab,TI ]", 2), fields_at("[so]", 0)
    ((('title', 'abstract'), 11), (('container',), 4))
    >>> fields_at("[tx]", 0)
    Traceback (most recent call last):
    ValueError: no fields of a record: '[tx]'
    """
    end = text.find("]", i)
    codes = [code.strip().lower() for code in text[i + 1 : end].split(",")] if end > i else []
    if not codes or not all(code in CODES for code in codes):
        raise ValueError(f"no fields of a record: {text[i:]!r}")
    return tuple(CODES[code] for code in CODES if code in codes), end + 1


def read_word(word):
    """A bare word is a logical operator, an operator of proximity, a platform's operator (refused, since its number may
    mean something else), or a word.

    >>> read_word("AND"), read_word("Near/3"), read_word("pre/0"), read_word("near"), read_word("adjacent")
    (('op', 'and'), ('near', (3, False)), ('near', (0, True)), ('word', 'near'), ('word', 'adjacent'))
    >>> read_word("ADJ3")
    Traceback (most recent call last):
    ValueError: no operator of ours: 'ADJ3'
    """
    lower = word.lower()
    if lower in ("and", "or", "not"):
        return ("op", lower)
    letters = lower.rstrip("".join(DIGITS))
    number = lower[len(letters) :]
    if letters in ("near/", "pre/") and 1 <= len(number) <= 3:
        return ("near", (int(number), letters == "pre/"))
    if letters.removesuffix("/") in PROXIMITY and number:
        raise ValueError(f"no operator of ours: {word!r}")
    return ("word", word)


def tokenise(text):
    """A line is read from the left as references, phrases, dots, tags, fields, brackets, operators and bare words.

    >>> tokenise('#1 OR "a or b"(ft) not (android…')  # doctest: +NORMALIZE_WHITESPACE
    [('ref', 1), ('op', 'or'), ('phrase', 'a or b'), ('tag', 'free'), ('op', 'not'), ('(', '('),
     ('word', 'android…'), ('end', '')]
    >>> tokenise('"near/3" near/3 x[ti]')
    [('phrase', 'near/3'), ('near', (3, False)), ('word', 'x'), ('fields', ('title',)), ('end', '')]
    """
    tokens, i = [], 0
    while i < len(text):
        end = i + 1
        if text[i].isspace():
            pass
        elif text[i] == "#":
            number, end = reference_at(text, i)
            tokens.append(("ref", number))
        elif text[i] in QUOTES:
            while end < len(text) and text[end] not in QUOTES:
                end += 1
            if end == len(text):
                raise ValueError(f"a quote is not closed: {text!r}")
            tokens.append(("phrase", text[i + 1 : end]))
            end += 1
        elif dots_at(text, i) and any(kind == "ref" for kind, _ in tokens[-2:]):
            end = i + dots_at(text, i)
            tokens.append(("dots", text[i:end]))
        elif tag_at(text, i):
            tag, end = tag_at(text, i)
            tokens.append(("tag", tag))
        elif text[i] in "[]":
            fields, end = fields_at(text, i)
            tokens.append(("fields", fields))
        elif text[i] in "()":
            tokens.append((text[i], text[i]))
        else:
            while end < len(text) and not (text[end].isspace() or text[end] in QUOTES + "()[]#"):
                end += 1
            tokens.append(read_word(text[i:end]))
        i = end
    return tokens + [("end", "")]


def parse(text):
    """A line is one expression and nothing after it; the tree is made of nested tuples.

    >>> parse("a not b or not (c and d (ft)) or #3 ... or #9")  # doctest: +NORMALIZE_WHITESPACE
    ('or', ('and', ('descriptor', ('a',)), ('not', ('descriptor', ('b',)))),
           ('not', ('and', ('descriptor', ('c',)), ('free', ('d',), ()))),
           ('range', 'or', 3, 9))
    >>> parse("a (ft) b")
    Traceback (most recent call last):
    ValueError: not understood from token 2 on: 'a (ft) b'
    """
    tokens = tokenise(text)
    tree, i = read_or(tokens, 0)
    if tokens[i][0] != "end":
        raise ValueError(f"not understood from token {i} on: {text!r}")
    return tree


def read_or(tokens, i):
    """`or` binds weakest: it joins what `and` and binary `not` have joined.

    >>> parse("#1 or #2 and #3 or #4")
    ('or', ('ref', 1), ('and', ('ref', 2), ('ref', 3)), ('ref', 4))
    """
    part, i = read_and(tokens, i)
    parts = [part]
    while tokens[i] == ("op", "or"):
        part, i = read_and(tokens, i + 1)
        parts.append(part)
    return (("or", *parts) if len(parts) > 1 else part), i


def read_and(tokens, i):
    """`and` and binary `not` are one level, left to right; `A not B` is `A and not B`.

    >>> parse("#1 not #2 and #3") == parse("#1 and not #2 and #3") == parse("(#1 and (not #2) and #3)")
    True
    """
    part, i = read_not(tokens, i)
    parts = [part]
    while tokens[i] in (("op", "and"), ("op", "not")):
        part, i = read_not(tokens, i + 1 if tokens[i] == ("op", "and") else i)
        parts.append(part)
    return (("and", *parts) if len(parts) > 1 else part), i


def read_not(tokens, i):
    """Unary `not` binds tighter than `and`, looser than proximity.

    >>> parse("not #1 and not not #2")
    ('and', ('not', ('ref', 1)), ('not', ('not', ('ref', 2))))
    """
    if tokens[i] == ("op", "not"):
        part, i = read_not(tokens, i + 1)
        return ("not", part), i
    return read_near(tokens, i)


def read_near(tokens, i):
    """Proximity binds tightest and groups from the left: what a near/3 b finds stands in relation to c.

    >>> parse("a near/3 (b or c (ft)) pre/1 d")  # doctest: +NORMALIZE_WHITESPACE
    ('near', 1, True, ('near', 3, False, ('free', ('a',), ()), ('or', ('free', ('b',), ()), ('free', ('c',), ())), ()),
                      ('free', ('d',), ()), ())
    """
    left, i = read_operand(tokens, i)
    while tokens[i][0] == "near":
        between, ordered = tokens[i][1]
        right, i = read_operand(tokens, i + 1)
        left = ("near", between, ordered, operand_of_near(left), operand_of_near(right), ())
    return left, i


def operand_of_near(tree):
    """What stands near something is free text: a term, a proximity, or such joined by `or`, without fields of its own.

    >>> parse("a near/3 b [ti]")
    Traceback (most recent call last):
    ValueError: a part of a proximity has fields of its own: ('free', ('b',), ('title',))
    >>> parse("a near/3 (b and c)")
    Traceback (most recent call last):
    ValueError: this can be no part of a proximity: and
    """
    kind = tree[0]
    if kind == "or":
        return ("or", *[operand_of_near(part) for part in tree[1:]])
    if kind == "descriptor":
        return ("free", tree[1], ())
    if kind not in ("free", "near"):
        raise ValueError(f"this can be no part of a proximity: {kind}")
    if tree[-1]:
        raise ValueError(f"a part of a proximity has fields of its own: {tree}")
    return tree


def within(fields, tree):
    """Fields behind a bracket hold for every term and proximity inside that has none of its own; all are free text.

    >>> parse("(a or not b (ft) [ab]) [ti,kw]")
    ('or', ('free', ('a',), ('title', 'keywords')), ('not', ('free', ('b',), ('abstract',))))
    >>> parse("(a or #3) [ti]")
    Traceback (most recent call last):
    ValueError: this cannot be looked for in fields: ref
    """
    kind = tree[0]
    if kind in ("and", "or", "not"):
        return (kind, *[within(fields, part) for part in tree[1:]])
    if kind == "descriptor":
        return ("free", tree[1], fields)
    if kind not in ("free", "near"):
        raise ValueError(f"this cannot be looked for in fields: {kind}")
    return tree if tree[-1] else (*tree[:-1], fields)


def read_operand(tokens, i):
    """An operand is a range, a reference, a bracketed expression or a term.

    >>> parse("((#1))")
    ('ref', 1)
    """
    kind, value = tokens[i]
    if kind == "ref":
        return read_range(tokens, i) or (("ref", value), i + 1)
    if kind == "(":
        tree, i = read_or(tokens, i + 1)
        if tokens[i][0] != ")":
            raise ValueError("a bracket is not closed")
        if tokens[i + 1][0] == "fields":
            return within(tokens[i + 1][1], tree), i + 2
        return tree, i + 1
    if kind in ("phrase", "word", "dots"):
        return read_term(tokens, i)
    raise ValueError(f"an operand is missing before {value!r}")


def read_range(tokens, i):
    """`#3 ... or #9` and `#3 or ... or #9` stand, as one operand, for lines 3 to 9 joined by `or`; likewise `and`.

    >>> parse("#3 and … and #9"), parse("#1 or #3...or #9")
    (('range', 'and', 3, 9), ('or', ('ref', 1), ('range', 'or', 3, 9)))
    """
    for operators in (1, 2):
        part = tokens[i : i + 3 + operators]
        kinds = (
            ["ref", "op", "dots", "op", "ref"] if operators == 2 else ["ref", "dots", "op", "ref"]
        )
        if [kind for kind, _ in part] == kinds:
            joined_by, first, last = (
                {value for kind, value in part if kind == "op"},
                part[0][1],
                part[-1][1],
            )
            if joined_by not in ({"or"}, {"and"}) or first > last:
                raise ValueError(f"not a range: {part}")
            return ("range", joined_by.pop(), first, last), i + len(part)
    return None


def read_term(tokens, i):
    """A term is one phrase or a run of bare words; `(ft)` or fields make it free text, `(exp)` explodes.

    >>> parse("Looked after child* ( FT )"), parse("“child and family” (exp)"), parse("x")
    (('free', ('looked', 'after', 'child*'), ()), ('explode', ('child', 'and', 'family')), ('descriptor', ('x',)))
    >>> parse("child* [ti]") == parse("child* (ft) [ti]")
    True
    >>> parse("school* (exp)")
    Traceback (most recent call last):
    ValueError: neither fields nor truncation go with (exp): ('school*',)
    """
    if tokens[i][0] == "phrase":
        text, i = tokens[i][1], i + 1
    else:
        words = []
        while tokens[i][0] in ("word", "dots"):  # dots outside a range are mere punctuation
            words.append(tokens[i][1])
            i += 1
        refuse_platforms(words)
        text = " ".join(words)
    term, tag, fields = term_words(text), "descriptor", ()
    if tokens[i][0] == "tag":
        tag, i = tokens[i][1], i + 1
    if tokens[i][0] == "fields":
        fields, i = tokens[i][1], i + 1
    if tag == "explode" and (fields or truncated(term)):
        raise ValueError(f"neither fields nor truncation go with (exp): {term}")
    return (("free", term, fields) if tag == "free" or fields else (tag, term)), i


def refuse_platforms(words):
    """Words that are operators or fields of a platform are refused, for as words they would find nothing.

    >>> refuse_platforms(["ti", "near", "n/a", "et.al."])
    >>> for words in (["near/"], ["near", "3", "b"], ["TI", "a"], ["ab=a"], ["a", "b.ti,ab."], ["xor"]):
    ...     try:
    ...         refuse_platforms(words)
    ...     except ValueError as error:
    ...         print(error)
    no operator of ours: near/
    no operator of ours: near 3
    no field of ours: TI
    no field of ours: ab=a
    no field of ours: b.ti,ab.
    no operator of ours: xor
    """
    for word, following in zip(words, words[1:] + [""]):
        lower = word.lower()
        name, slash, number = lower.partition("/")
        strange = (
            slash
            and name in set(PROXIMITY) - {"n", "w", "same"}
            and not number.strip("-.0123456789")
        )
        if lower in ("adj", "xor") or strange:
            raise ValueError(f"no operator of ours: {word}")
        if lower in ("adj", "near") and following and not following.strip("0123456789"):
            raise ValueError(f"no operator of ours: {word} {following}")
        if any(a.isalpha() and b == "$" for a, b in zip(word, word[1:])):
            raise ValueError(f"no truncation of ours: {word}")
        if slash and name in ("or", "and", "not") and number[:1] in DIGITS:
            raise ValueError(f"no operator of ours: {word}")
    first, last = words[0], words[-1]
    figure = first.lower().removeprefix("s")
    is_figure = 1 <= len(figure) <= 3 and not figure.strip("0123456789")
    if len(words) == 1 and first.lower() != figure and is_figure:
        raise ValueError(f"no line of ours: {first}")
    if last.lower().endswith(("/", "/exp")) or first.lower() == "exp" and len(words) > 1:
        raise ValueError(f"not exploded by us: {words}")
    code, equals, _ = first.partition("=")
    if equals and 2 <= len(code) <= 3 and all("A" <= c <= "Z" for c in code):
        raise ValueError(f"no field of ours: {first}")
    codes = last.rpartition(":")[2].lower() if ":" in last else ""
    if codes and all(c in FIELDS_BEFORE for c in codes.split(",")):
        raise ValueError(f"no field of ours: {last}")
    begins = first.lower().startswith(tuple(c + sign for c in FIELDS_BEFORE for sign in "=:"))
    if begins or len(words) > 1 and first.isupper() and first.lower() in FIELDS_BEFORE:
        raise ValueError(f"no field of ours: {first}")
    if last.endswith(".") and "." in last[:-1]:
        if all(c in FIELDS_BEHIND for c in last[:-1].rpartition(".")[2].lower().split(",")):
            raise ValueError(f"no field of ours: {last}")


def truncated(term):
    """A term with * or ? in one of its words stands for many.

    >>> truncated(("foster", "car*")), truncated(("foster", "care"))
    (True, False)
    """
    return any("*" in word or "?" in word for word in term)


# ---- matching one term on one record --------------------------------------------------------------------------------


def fits(pattern, word):
    """* is any number of letters or digits, ? exactly one; a word of * alone stands for at least one.

    >>> fits("child*", "child"), fits("wom?n", "woman"), fits("c?t", "ct"), fits("*", "a"), fits("*", "")
    (True, True, False, True, False)
    """
    if pattern.strip("*") == "" and word == "":
        return False
    reached = {0}  # how many characters of the word the pattern read so far may have used up
    for p in pattern:
        if p == "*":
            reached = {end for start in reached for end in range(start, len(word) + 1)}
        else:
            reached = {
                start + 1 for start in reached if start < len(word) and p in ("?", word[start])
            }
    return len(word) in reached


def equal(term, value):
    """A term equals a value if they have the same number of words and each fits.

    >>> equal(("foster", "car*"), ["foster", "care"]), equal(("foster",), ["foster", "care"])
    (True, False)
    """
    return len(term) == len(value) and all(fits(p, w) for p, w in zip(term, value, strict=True))


def spans(tree, value):
    """Where a term, alternatives or a proximity stand in a value: pairs of first word and word after the last.

    The two parts of a proximity are different words, at most so many others between them; together they are one run.

    >>> sorted(spans(("free", ("foster", "car*"), ()), ["in", "foster", "care", "foster", "care"]))
    [(1, 3), (3, 5)]
    >>> near = ("near", 1, False, ("free", ("b",), ()), ("free", ("a",), ()), ())
    >>> spans(near, ["a", "x", "b"]), spans(near, ["a", "x", "x", "b"]), spans(("near", 1, True, *near[3:]), ["a", "x", "b"])
    ({(0, 3)}, set(), set())
    """
    if tree[0] == "or":
        return {span for part in tree[1:] for span in spans(part, value)}
    if tree[0] == "free":
        term = tree[1]
        starts = range(len(value) - len(term) + 1)
        return {(i, i + len(term)) for i in starts if equal(term, value[i : i + len(term)])}
    _, between, ordered, left, right, _ = tree
    found_spans = set()
    for a, b in itertools.product(spans(left, value), spans(right, value)):
        if 0 <= b[0] - a[1] <= between:
            found_spans.add((a[0], b[1]))
        if 0 <= a[0] - b[1] <= between and not ordered:
            found_spans.add((b[0], a[1]))
    return found_spans


def values(record, field):
    """The values of a field as lists of words; one that normalises to no word is absent.

    >>> values({"title": " "}, "title"), values({"keywords": ["A b", "-", "c"]}, "keywords")
    ([], [['a', 'b'], ['c']])
    """
    value = record.get(field)
    texts = (value or []) if field in LISTS else [value]
    return [words(text) for text in texts if words(text)]


def found(tree, record, fields):
    """Free text is found if it stands in one value of one of the fields."""
    return any(spans(tree, value) for field in fields for value in values(record, field))


def free_text(tree, record, fields):
    """Free text: True if found in its own fields, or else in those given; else None if a title or abstract asked for
    is missing or all fields are; else False.

    >>> record = {"title": "Foster", "abstract": None, "keywords": ["care"], "authors": []}
    >>> [free_text(parse(t), record, FIELDS) for t in ("care (ft)", "foster care (ft)", "x [ti]", "x [au]", "x [au,kw]")]
    [True, None, False, None, False]
    """
    fields = tree[-1] or fields
    if found(tree, record, fields):
        return True
    silent = [f for f in fields if not values(record, f)]
    lacking = len(silent) == len(fields) or "title" in silent or "abstract" in silent
    return None if lacking else False


# ---- the thesaurus --------------------------------------------------------------------------------------------------


def related(name, relation, reverse, thesaurus):
    """The names in that relation to a name, said from either side; each is a tuple of words, and comes once.

    >>> related(("a",), "USE", "UF", [("A", "USE", "b c"), ("B-C", "UF", "a"), ("d", "USE", "e")])
    [('b', 'c')]
    """
    result = []
    for term, said, target in thesaurus:
        term, target = tuple(words(term)), tuple(words(target))
        for here, there, needed in ((term, target, relation), (target, term, reverse)):
            if here == name and said == needed and there not in result:
                result.append(there)
    return result


def readings(kind, term, thesaurus, leave_out):
    """What a descriptor term stands for: alternatives, each a list of names that a record must have together.

    >>> rows = [("Old a", "USE", "A"), ("A", "NT", "B"), ("C", "BT", "B"), ("B", "UF", "Old b"), ("ac", "USE", "A"), ("ac", "USE", "C")]
    >>> readings("descriptor", ("a",), rows, ()), readings("descriptor", ("ac",), rows, ())
    ([[('a',)], [('old', 'a')], [('ac',)]], [[('ac',)], [('a',), ('c',)]])
    >>> readings("explode", ("old", "a"), rows, ["C"])
    [[('old', 'a')], [('a',)], [('old', 'a')], [('ac',)], [('b',)], [('old', 'b')]]
    """
    if truncated(term):
        return [[term]]
    preferred = related(term, "USE", "UF", thesaurus)
    if len(preferred) > 1:
        return [[term], preferred]
    taken = preferred or [term]
    if kind == "explode":
        left_out = [tuple(words(name)) for name in leave_out]
        for upper in taken:  # grows while it is walked
            for lower in related(upper, "NT", "BT", thesaurus):
                if lower not in taken and lower not in left_out:
                    taken.append(lower)
    alternatives = [[term]] if preferred else []
    for name in taken:
        alternatives.append([name])
        alternatives += [[old] for old in related(name, "UF", "USE", thesaurus)]
    return alternatives


def descriptor(alternatives, record):
    """Descriptor: True if the names of one alternative all equal descriptors, else None without descriptors, else False.

    >>> [descriptor([[("a*",)], [("c",), ("d",)]], {"descriptors": d}) for d in (["b", "Ab"], ["b", "c"], ["d", "c"], [" "])]
    [True, False, True, None]
    """
    have = values(record, "descriptors")
    if any(all(any(equal(n, v) for v in have) for n in names) for names in alternatives):
        return True
    return None if not have else False


def unindexed(alternatives, record, fields):
    """Fallback on a record without descriptors: True if the names of an alternative are all found as free text, else None."""
    if any(all(found(("free", n), record, fields) for n in names) for names in alternatives):
        return True
    return None


# ---- lines ----------------------------------------------------------------------------------------------------------


def kleene_not(a):
    """Not undecidable is undecidable."""
    return None if a is None else not a


def kleene_and(parts):
    """And: False if any part is False, else None if any is None, else True.

    >>> kleene_and([None, False]), kleene_and([True, None]), kleene_and([True, True])
    (False, None, True)
    """
    return False if False in parts else None if None in parts else True


def kleene_or(parts):
    """Or: True if any part is True, else None if any is None, else False.

    >>> kleene_or([None, True]), kleene_or([False, None]), kleene_or([False, False])
    (True, None, False)
    """
    return True if True in parts else None if None in parts else False


def solve(trees, leaf_value):
    """A reference has the value of its line; every part is always looked at; undefined and circular ones are errors.

    >>> solve({1: ("not", ("ref", 2)), 2: ("free", ("a",), ())}, lambda tree: True)
    {1: False, 2: True}
    >>> solve({1: ("range", "or", 1, 1)}, None)
    Traceback (most recent call last):
    ValueError: line 1 refers to itself
    """
    known, under_way = {}, set()

    def line(number):
        """A line is worked out once, and never while it is being worked out."""
        if number in under_way:
            raise ValueError(f"line {number} refers to itself")
        if number not in trees:
            raise ValueError(f"there is no line {number}")
        if number not in known:
            under_way.add(number)
            known[number] = value(trees[number])
            under_way.remove(number)
        return known[number]

    def value(tree):
        """A tree has the value its kind gives to the values of its parts."""
        kind = tree[0]
        if kind == "ref":
            return line(tree[1])
        if kind == "not":
            return kleene_not(value(tree[1]))
        if kind == "range":
            parts, kind = [line(number) for number in range(tree[2], tree[3] + 1)], tree[1]
        elif kind in ("and", "or"):
            parts = [value(part) for part in tree[1:]]
        else:
            return leaf_value(tree)
        return kleene_and(parts) if kind == "and" else kleene_or(parts)

    return {number: line(number) for number in trees}


def evaluate(
    lines, record, *, fields=FIELDS, thesaurus=(), leave_out=(), when_unindexed="free_text"
):
    """Every line has a strict value and a fallback value, each True, False or None (undecidable).

    The thesaurus is rows (term, relation, target) with the relations USE, UF, NT and BT; what an entry is to be used
    for is itself no such entry.

    >>> record = {"title": "Kinship care", "abstract": "", "descriptors": [], "keywords": []}
    >>> lines = {1: "foster care (exp)", 2: "adoption", 3: "not #1", 4: "#1 ... or #2"}
    >>> evaluate(lines, record, thesaurus=[("Foster care", "NT", "Kinship care")])
    {1: (None, True), 2: (None, None), 3: (None, False), 4: (None, True)}
    >>> evaluate({1: "kinship care"}, record, when_unindexed="nothing")
    {1: (None, None)}
    >>> evaluate({1: "care near/0 kin*", 2: "(care pre/0 kin*) [ti]"}, record)
    {1: (True, True), 2: (False, False)}
    """
    if when_unindexed not in ("free_text", "nothing"):
        raise ValueError(f"no such option: {when_unindexed!r}")

    def strict(tree):
        """Strict: a term is read as what it is tagged to be."""
        if tree[0] in ("free", "near"):
            return free_text(tree, record, fields)
        return descriptor(readings(*tree, thesaurus, leave_out), record)

    def fallback(tree):
        """Fallback: strict, but descriptor terms are read as free text where the record has no descriptors."""
        is_free = tree[0] in ("free", "near")
        if is_free or when_unindexed == "nothing" or values(record, "descriptors"):
            return strict(tree)
        return unindexed(readings(*tree, thesaurus, leave_out), record, fields)

    trees = {number: parse(text) for number, text in lines.items()}
    strict_values, fallback_values = solve(trees, strict), solve(trees, fallback)
    return {number: (strict_values[number], fallback_values[number]) for number in lines}


# ---- words that age --------------------------------------------------------------------------------------------------


def life(records, used_from, used_to):
    """What a line finds before, in and after the years of use of its term, counted record by record.

    Records are pairs (year or None, whether the line finds it). The chance is worked out by dealing the records that
    were found to all records of use and after in every way there is, and counting those with as few, or fewer, after.

    >>> life([(2001, True), (2009, False), (2009, False), (None, True)], 2000, 2008)
    {'before': (0, 0), 'in use': (1, 1), 'after': (0, 2), 'unknown': (1, 1), 'chance': Fraction(1, 3)}
    """
    counts = {"before": [0, 0], "in use": [0, 0], "after": [0, 0], "unknown": [0, 0]}
    where = []
    for year, found in records:
        if year is None:
            part = "unknown"
        elif used_from is not None and year < used_from:
            part = "before"
        elif used_to is not None and year > used_to:
            part = "after"
        else:
            part = "in use"
        counts[part][0] += found
        counts[part][1] += 1
        if part in ("in use", "after"):
            where.append(part)
    told = {name: tuple(pair) for name, pair in counts.items()}
    dealt = told["in use"][0] + told["after"][0]
    if not dealt or not told["in use"][1] or not told["after"][1]:
        return told | {"chance": None}
    ways = [sum(part == "after" for part in hand) for hand in itertools.combinations(where, dealt)]
    few = sum(after <= told["after"][0] for after in ways)
    return told | {"chance": Fraction(few, len(ways))}


def verdict(told, used_to):
    """Which of the verdicts holds, by the words that it begins with."""
    use, after, chance = told["in use"], told["after"], told["chance"]
    if used_to is None:
        return "in use"
    if after[1] == 0:
        return "cannot be told: no records after"
    if after[0] > 0 and use[1] == 0:
        return f"still found after {used_to}; no records from"
    if after[0] > 0 and chance < Fraction(1, 20):
        return f"still found after {used_to}, more rarely"
    if after[0] > 0 and Fraction(*after) >= Fraction(*use):
        return f"still found after {used_to}, no more rarely"
    if after[0] > 0:
        return f"still found after {used_to}; that it is found more rarely"
    if use[1] == 0:
        return "cannot be told: no records from its years of use"
    if use[0] == 0:
        return "cannot be told: found neither"
    if chance < Fraction(1, 20):
        return "word out of use since"
    return "cannot be told: none found after"
