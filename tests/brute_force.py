"""A slow, obviously right evaluator of numbered boolean search strategies, to hold a fast engine against.

It reads one record at a time, compares word by word, builds no index and uses no regular expression. It imports nothing
of the project: where it and the engine differ, one of the two has read the rules wrongly.

>>> record = {"title": "Children's services", "abstract": None, "descriptors": [], "keywords": []}
>>> evaluate({1: '"childrens service*" (ft)', 2: "siblings (ft)", 3: "#1 or #2", 4: "Childrens Services"}, record)
{1: (True, True), 2: (None, None), 3: (True, True), 4: (None, True)}
"""

import unicodedata

APOSTROPHES = "\u0027\u0060\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\uff07"
QUOTES = '"\u201c\u201d'
FIELDS = ("title", "abstract", "descriptors", "keywords")
TAGS = {"ft": "free", "exp": "explode"}


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


def starts_reference(text, i):
    """A # followed by a digit begins a reference."""
    return text[i] == "#" and text[i + 1 : i + 2] in tuple("0123456789")


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


def tokenise(text):
    """A line is read from the left as references, phrases, dots, tags, brackets, operators and bare words.

    >>> tokenise('#1 OR "a or b"(ft) not (android…')  # doctest: +NORMALIZE_WHITESPACE
    [('ref', 1), ('op', 'or'), ('phrase', 'a or b'), ('tag', 'free'), ('op', 'not'), ('(', '('),
     ('word', 'android'), ('dots', '…'), ('end', '')]
    """
    tokens, i = [], 0
    while i < len(text):
        end = i + 1
        if text[i].isspace():
            pass
        elif starts_reference(text, i):
            while text[end : end + 1] in tuple("0123456789"):
                end += 1
            tokens.append(("ref", int(text[i + 1 : end])))
        elif text[i] in QUOTES:
            while end < len(text) and text[end] not in QUOTES:
                end += 1
            if end == len(text):
                raise ValueError(f"a quote is not closed: {text!r}")
            tokens.append(("phrase", text[i + 1 : end]))
            end += 1
        elif dots_at(text, i):
            end = i + dots_at(text, i)
            tokens.append(("dots", text[i:end]))
        elif tag_at(text, i):
            tag, end = tag_at(text, i)
            tokens.append(("tag", tag))
        elif text[i] in "()":
            tokens.append((text[i], text[i]))
        else:
            while end < len(text) and not (
                text[end].isspace()
                or text[end] in QUOTES + "()"
                or starts_reference(text, end)
                or dots_at(text, end)
            ):
                end += 1
            word = text[i:end]
            tokens.append(
                ("op", word.lower()) if word.lower() in ("and", "or", "not") else ("word", word)
            )
        i = end
    return tokens + [("end", "")]


def parse(text):
    """A line is one expression and nothing after it; the tree is made of nested tuples.

    >>> parse("a not b or not (c and d (ft)) or #3 ... or #9")  # doctest: +NORMALIZE_WHITESPACE
    ('or', ('and', ('descriptor', ('a',)), ('not', ('descriptor', ('b',)))),
           ('not', ('and', ('descriptor', ('c',)), ('free', ('d',)))),
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
    """Unary `not` binds tightest.

    >>> parse("not #1 and not not #2")
    ('and', ('not', ('ref', 1)), ('not', ('not', ('ref', 2))))
    """
    if tokens[i] == ("op", "not"):
        part, i = read_not(tokens, i + 1)
        return ("not", part), i
    return read_operand(tokens, i)


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
    """A term is one phrase or a run of bare words; `(ft)` makes it free text, `(exp)` explodes, no tag is a descriptor.

    >>> parse("Looked after child* ( FT )"), parse("“child and family” (exp)")
    (('free', ('looked', 'after', 'child*')), ('explode', ('child', 'and', 'family')))
    """
    if tokens[i][0] == "phrase":
        text, i = tokens[i][1], i + 1
    else:
        text = ""
        while tokens[i][0] in (
            "word",
            "dots",
        ):  # dots outside a range are mere punctuation between words
            text, i = text + " " + tokens[i][1], i + 1
    if tokens[i][0] == "tag":
        return (tokens[i][1], term_words(text)), i + 1
    return ("descriptor", term_words(text)), i


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
    return len(term) == len(value) and all(fits(p, w) for p, w in zip(term, value))


def stands_in(term, value):
    """A term stands in a value if its words stand there next to each other in this order.

    >>> stands_in(("foster", "car*"), ["in", "foster", "care"]), stands_in(("in", "care"), ["in", "foster", "care"])
    (True, False)
    """
    return any(equal(term, value[i : i + len(term)]) for i in range(len(value) - len(term) + 1))


def values(record, field):
    """The values of a field as lists of words; one that normalises to no word is absent.

    >>> values({"title": " "}, "title"), values({"keywords": ["A b", "-", "c"]}, "keywords")
    ([], [['a', 'b'], ['c']])
    """
    value = record.get(field)
    texts = [value] if field in ("title", "abstract") else value or []
    return [words(text) for text in texts if words(text)]


def found(term, record, fields):
    """A term is found if it stands in one value of one of the fields."""
    return any(stands_in(term, value) for field in fields for value in values(record, field))


def free_text(term, record, fields):
    """Free text: True if found, else None if a title or abstract asked for is missing or all fields are, else False.

    >>> record = {"title": "Foster", "abstract": None, "keywords": ["care"]}
    >>> [free_text(t, record, f) for t, f in ((("care",), FIELDS), (("foster", "care"), FIELDS), (("x",), ["title"]))]
    [True, None, False]
    """
    if found(term, record, fields):
        return True
    silent = [f for f in fields if not values(record, f)]
    lacking = len(silent) == len(fields) or "title" in silent or "abstract" in silent
    return None if lacking else False


def readings(kind, term, narrower):
    """Exploded, a term is itself and all terms below it at any depth, each visited once; else it is itself alone.

    >>> readings("explode", ("a",), {"A": ["B b", "c"], "b-B": ["D", "a"], "x": ["y"]})
    [('a',), ('b', 'b'), ('c',), ('d',)]
    """
    result = [term]
    if kind == "explode":
        for upper in result:  # grows while it is walked
            for key in narrower:
                if equal(upper, words(key)):
                    for lower in narrower[key]:
                        if words(lower) and tuple(words(lower)) not in result:
                            result.append(tuple(words(lower)))
    return result


def descriptor(terms, record):
    """Descriptor: True if a term equals a descriptor, else None if the record has no descriptors, else False.

    >>> [descriptor([("a*",)], {"descriptors": d}) for d in (["b", "Ab"], ["b", "ab c"], [" "])]
    [True, False, None]
    """
    have = values(record, "descriptors")
    if any(equal(term, value) for term in terms for value in have):
        return True
    return None if not have else False


def unindexed(terms, record, fields):
    """Fallback on a record without descriptors: True if a term is found as free text, else None."""
    return True if any(found(term, record, fields) for term in terms) else None


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


def solve(trees, term_value):
    """A reference has the value of its line; every part is always looked at; undefined and circular ones are errors.

    >>> solve({1: ("not", ("ref", 2)), 2: ("free", ("a",))}, lambda kind, term: True)
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
            return term_value(kind, tree[1])
        return kleene_and(parts) if kind == "and" else kleene_or(parts)

    return {number: line(number) for number in trees}


def evaluate(lines, record, *, fields=FIELDS, narrower=None, when_unindexed="free_text"):
    """Every line has a strict value and a fallback value, each True, False or None (undecidable).

    >>> record = {"title": "Kinship care", "abstract": "", "descriptors": [], "keywords": []}
    >>> lines = {1: "foster care (exp)", 2: "adoption", 3: "not #1", 4: "#1 ... or #2"}
    >>> evaluate(lines, record, narrower={"Foster care": ["Kinship care"]})
    {1: (None, True), 2: (None, None), 3: (None, False), 4: (None, True)}
    >>> evaluate({1: "kinship care"}, record, when_unindexed="nothing")
    {1: (None, None)}
    """
    if when_unindexed not in ("free_text", "nothing") or not set(fields) <= set(FIELDS):
        raise ValueError(f"no such option: {when_unindexed!r}, {fields!r}")

    def strict(kind, term):
        """Strict: a term is read as what it is tagged to be."""
        if kind == "free":
            return free_text(term, record, fields)
        return descriptor(readings(kind, term, narrower or {}), record)

    def fallback(kind, term):
        """Fallback: strict, but descriptor terms are read as free text where the record has no descriptors."""
        if kind == "free" or when_unindexed == "nothing" or values(record, "descriptors"):
            return strict(kind, term)
        return unindexed(readings(kind, term, narrower or {}), record, fields)

    trees = {number: parse(text) for number, text in lines.items()}
    strict_values, fallback_values = solve(trees, strict), solve(trees, fallback)
    return {number: (strict_values[number], fallback_values[number]) for number in lines}
