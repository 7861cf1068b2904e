"""Parses a line of a strategy, and prints a parsed line back in the same language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import lark

from searchsets.errors import ReviewError
from searchsets.strategy.model import (
    FIELD_CODES,
    And,
    Expression,
    Near,
    Not,
    Or,
    Proximate,
    Range,
    Reference,
    Term,
)
from searchsets.text import is_truncated, normalise_term

DEEPEST = 100
"""So deep may brackets, `not` and proximities stand inside each other."""

# What the platforms call operators, fields and lines; as words of a term they would find nothing.
_OPERATOR = re.compile(
    r"(?i)(?:(?:adj|near|onear|next|prox|same|pre|w|n)/?[0-9]+|(?:adj|near|onear|next|prox|pre)/[-.0-9]*"
    r"|(?:or|and|not)/[0-9]\S*|adj|xor)$"
)
_SPACED_OPERATOR = re.compile(r"(?i)(?:adj|near) [0-9]+$")
_CODES = "ti|ab|su|de|kw|au|tx|ts|mh"  # no word in capitals, as ID, IT or SO can be
_MORE_CODES = f"{_CODES}|so|sh|id|hw|tw|mp|jn|af"
_FIELD_BEFORE = re.compile(rf"(?:{_CODES.upper()}) \S|(?i:(?:{_CODES})[=:])|[A-Z]{{2,3}}=")
_FIELD_BEHIND = re.compile(
    rf"(?i)(?:\.(?:{_MORE_CODES})(?:,(?:{_MORE_CODES}))*\.|:(?:{_CODES})(?:,(?:{_CODES}))*)$"
)
_EXPLODED = re.compile(r"(?i)exp \S|.*/(?:exp)?$")
_TRUNCATED = re.compile(r"[^\W\d_]\$")
_LINE = re.compile(r"(?i)s[0-9]{1,3}$")
_NEEDS_QUOTES = re.compile(r"(?i)(?:^|\s)(?:or|and|not)(?:\s|$)|[()#\[\]]|\.{3}|…")


def _foreign(words: Sequence[str]) -> tuple[int, str, str] | None:
    """Return which word of a term is of the language of a platform, as what, and what to do."""
    whole = " ".join(words)
    for place, word in enumerate(words):
        if _OPERATOR.match(word):
            return place, f"{word!r} is no operator here", _PROXIMITY
        spaced = " ".join(words[place : place + 2])
        if _SPACED_OPERATOR.match(spaced):
            return place, f"{spaced!r} is no operator here", _PROXIMITY
        if _TRUNCATED.search(word):
            return place, f"{word!r} is not truncated here", _TRUNCATION
    if _LINE.match(whole):
        return 0, f"{whole!r} is no line here", _REFERENCE
    if _EXPLODED.match(whole):
        return 0, f"{whole!r} is not exploded here", _EXPLODE
    if _FIELD_BEFORE.match(whole):
        return 0, f"{words[0]!r} names no field here", _FIELDS
    if _FIELD_BEHIND.search(words[-1]):
        return len(words) - 1, f"{words[-1]!r} names no field here", _FIELDS
    return None


class LineError(ValueError):
    """A line that is no sentence of the language: what is wrong, at which column, what to do."""

    def __init__(self, what: str, column: int, remedy: str):
        self.what, self.column, self.remedy = what, column, remedy
        super().__init__(what)

    def at(self, file: str, line: int, first_column: int) -> ReviewError:
        """Return the error as one of the file in which the line stands."""
        return ReviewError(
            self.what, f"{file}:{line}:{first_column + self.column - 1}", self.remedy
        )


def parse(text: str) -> Expression:
    """Return the meaning of a line's text.

    Raises:
        LineError: the text is no sentence of the language.

    >>> parse("Children* trust* (ft) or #3")
    Or(parts=(Term(text='Children* trust*', free_text=True, explode=False, fields=()), Reference(line=3)))
    >>> parse("#1 or #2 or #3 ... or #23").parts[-1]
    Range(first=3, last=23, operator='or')
    """
    _check_depth(text)
    try:
        return _parser().parse(text)
    except lark.exceptions.UnexpectedInput as error:
        raise _explained(text, error) from None
    except lark.exceptions.VisitError as error:
        if isinstance(error.orig_exc, LineError):
            raise error.orig_exc from None
        raise


# What nests or keeps from nesting: quoted text, tags, brackets, operators, other words.
_NESTING = re.compile(
    r'''(?ix) ["“”][^"“”]*["“”] | \(\s*(?:ft|exp)\s*\) | [()]
    | (?:or|and|not|(?:near|pre)/\d+)(?![^\s()"“”\#\[\]]) | [^\s()"“”]+ '''
)


@dataclass
class _Level:
    """What has been met inside a bracket: how deep it nests, and how deep what is not ended does.

    `operand` is the height of the last operand with its proximities, `nots` stand before it.
    """

    highest: int = 0
    operand: int = 0
    nots: int = 0
    is_near: bool = False
    is_joined: bool = False

    @property
    def height(self) -> int:
        return max(self.highest, self.operand + self.nots)

    def end(self) -> None:
        self.is_joined = True
        self.highest, self.operand, self.nots = self.height, 0, 0

    def take(self, height: int) -> None:
        joined = max(self.operand, height) + 1
        self.operand = joined if self.is_near else max(self.operand, height)
        self.is_near = False


def _check_depth(text: str) -> None:
    """Refuse what nests so deep that walking it would exhaust the stack."""
    levels = [_Level()]
    for token in _NESTING.finditer(text):
        word, level = token[0].lower(), levels[-1]
        if word == "(":
            levels.append(_Level())
        elif word == ")" and len(levels) > 1:
            levels.pop()
            levels[-1].take(level.height + level.is_joined)
        elif word in ("or", "and"):
            level.end()
        elif word == "not":
            if level.operand:  # `a not b` is `a and not b`
                level.end()
            level.nots += 1
        elif word.startswith(("near/", "pre/")):
            level.is_near = True
        elif word != ")":
            level.take(1)
        if max(len(levels) - 1, levels[-1].height) > DEEPEST:
            raise LineError(
                f"brackets, `not` and proximities stand inside each other more than {DEEPEST} deep",
                token.start() + 1,
                _NEST_LESS,
            )


@cache
def _parser() -> lark.Lark:
    grammar = (Path(__file__).parent / "language.lark").read_text(encoding="utf-8")
    # The basic lexer knows no context: `or` is an operator wherever it stands outside quotes.
    return lark.Lark(grammar, parser="lalr", lexer="basic", transformer=_Build())


class _Build(lark.Transformer):
    """Makes expressions while the parser reads, so that nothing is walked twice."""

    def disjunction(self, parts: list[Expression]) -> Or:
        return Or(tuple(parts))

    def conjunction(self, parts: list) -> And:
        made: list[Expression] = []
        negated = False
        for part in parts:
            if isinstance(part, lark.Token):
                negated = True
            else:
                made.append(Not(part) if negated else part)
                negated = False
        return And(tuple(made))

    def negation(self, parts: list) -> Not:
        return Not(parts[1])

    def proximity(self, parts: list) -> Near:
        left, *others = parts
        left = _proximate(left, others[0])
        for operator, right in zip(others[::2], others[1::2], strict=True):
            word, _, number = operator.lower().partition("/")
            left = Near(left, _proximate(right, operator), int(number), word == "pre")
        return left

    def fielded(self, parts: list) -> Expression:
        expression, token = parts
        return _in_fields(expression, _fields(token), token)

    def reference(self, tokens: list[lark.Token]) -> Reference:
        return Reference(int(tokens[0][1:]))

    def range(self, tokens: list[lark.Token]) -> Range:
        token = tokens[0]
        first, last = map(int, re.findall(r"[0-9]+", token))
        operators = {word.lower() for word in re.findall(r"(?i)\b(?:or|and)\b", token)}
        if len(operators) > 1 or first >= last:
            raise LineError(
                f"{str(token)!r} is no range of lines",
                token.column or 1,
                "a range runs from a lower number to a higher one by one operator: #3 ... or #23",
            )
        return Range(first, last, operators.pop())  # type: ignore[arg-type]

    def bare_term(self, tokens: list[lark.Token]) -> Term:
        words = [token for token in tokens if token.type == "WORD"]
        if found := _foreign([str(word) for word in words]):
            place, what, remedy = found
            raise LineError(what, words[place].column or 1, remedy)
        return _term(" ".join(words), tokens)

    def quoted_term(self, tokens: list[lark.Token]) -> Term:
        return _term(" ".join(tokens[0][1:-1].split()), tokens)


def _term(text: str, tokens: list[lark.Token]) -> Term:
    column = tokens[0].column or 1
    parts = {token.type: token for token in tokens}
    tag = parts["TAG"].strip("()").strip().lower() if "TAG" in parts else ""
    normal = normalise_term(text)
    if not any(sign.isalnum() for sign in normal):
        dots = bool(text) and set(text) <= {".", "…", " "}
        raise LineError(
            f"{text!r} holds no letter or digit to search for",
            column,
            "dots stand between two line numbers: #3 ... or #23" if dots else "write a term",
        )
    if tag == "exp" and is_truncated(normal):
        raise LineError(
            f"{text!r} cannot be truncated and exploded at once",
            column,
            "name the descriptor in full before (exp)",
        )
    term = Term(text, free_text=tag == "ft", explode=tag == "exp")
    if "FIELDS" in parts:
        return _in_fields(term, _fields(parts["FIELDS"]), parts["FIELDS"])
    return term


def _fields(token: lark.Token) -> tuple[str, ...]:
    """Return the fields that a tag names, as columns of a record, in the order of `FIELD_CODES`."""
    codes = [code.strip() for code in token.strip("[]").lower().split(",")]
    for code in codes:
        if code not in FIELD_CODES:
            known = ", ".join(f"{known} ({name})" for known, name in FIELD_CODES.items())
            raise LineError(f"no field is called {code!r}", token.column or 1, f"fields: {known}")
    return tuple(name for code, name in FIELD_CODES.items() if code in codes)


def _in_fields(expression: Expression, fields: tuple[str, ...], token: lark.Token) -> Expression:
    """Return an expression whose terms, and proximities, are looked for in the fields.

    Those that name fields of their own keep them.
    """
    match expression:
        case Reference() | Range() | Term(explode=True):
            raise LineError(
                f"{token} cannot stand behind {to_text(expression)}",
                token.column or 1,
                "fields stand behind free text, or behind brackets of free text",
            )
        case Term():
            fields = expression.fields or fields
            return Term(expression.text, free_text=True, fields=fields)
        case Near():
            return replace(expression, fields=expression.fields or fields)
        case Not():
            return Not(_in_fields(expression.part, fields, token))
        case And() | Or():
            return type(expression)(
                tuple(_in_fields(part, fields, token) for part in expression.parts)
            )


def _proximate(expression: Expression, operator: lark.Token) -> Proximate:
    """Return an expression as what may stand beside `near/n`: free text."""
    match expression:
        case Term(explode=False, fields=()):
            return Term(expression.text, free_text=True)
        case Near(fields=()):
            return expression
        case Or():
            return Or(tuple(_proximate(part, operator) for part in expression.parts))
    inside = "fields" if getattr(expression, "fields", ()) else to_text(expression)
    raise LineError(
        f"{inside} cannot stand beside {operator}",
        operator.column or 1,
        "beside a proximity stand terms, or brackets of terms joined by or; fields stand behind "
        "brackets around the whole: (a near/3 b) [ti]",
    )


def _explained(text: str, error: lark.exceptions.UnexpectedInput) -> LineError:
    if isinstance(error, lark.exceptions.UnexpectedToken) and error.token.type == "$END":
        column = len(text.rstrip()) + 1
        if text.count("(") > text.count(")"):
            return LineError("a bracket is opened and never closed", column, "close it with )")
        return LineError(
            "the line ends where a term or a line number should stand", column, _OPERANDS
        )
    column = max(error.column, 1)
    found = text[column - 1 : column + 19].split(" ")[0]
    before = re.search(rf"(?i)(?<!\S)(?:{_MORE_CODES})[=:]?\s*$", text[: column - 1])
    if before or _FIELD_BEHIND.search(found):
        said = before[0].strip() if before else found
        start = before.start() + 1 if before else column
        return LineError(f"{said!r} names no field here", start, _FIELDS)
    if found[:1] in {'"', "“", "”"} and not re.search(r'["“”]', text[column:]):
        return LineError("a quotation mark is opened and never closed", column, "close it")
    if found[:1] in ("[", "]"):
        return LineError("a square bracket holds no fields", column, _FIELDS)
    if found.startswith(")") and text[: column - 1].rstrip().endswith("("):
        return LineError("a bracket holds nothing", column, _OPERANDS)
    if found.startswith(")"):
        return LineError("a bracket is closed that was never opened", column, "take the ) away")
    if found.startswith("(") and ")" not in text[column:]:
        return LineError("a bracket is opened and never closed", column, "close it with )")
    if found.startswith("("):
        bracket = text[column - 1 :].split(")")[0] + ")"
        return LineError(
            f"{bracket} cannot stand after a term",
            column,
            "a term may be followed by (ft) for free text or (exp) for explode; "
            "between two terms write or, and, not",
        )
    if found.startswith("#") and not found[1:2].isdigit():
        return LineError("# stands without a line number", column, "write #12, or leave the # away")
    return LineError(f"{found!r} is not expected here", column, _OPERANDS)


_NEST_LESS = "give the inner part a line of its own and refer to it by its number"
_PROXIMITY = (
    "if it is a word to search for, put it in quotation marks; n words between, 0 to 999, are near/n in "
    "any order and pre/n in this order, whatever number a platform writes (ADJ3 of Ovid is near/2)"
)
_FIELDS = (
    "fields stand behind a term or a bracket, as in [ti,ab]; words that only look like fields, or have "
    "square brackets, stand in quotation marks"
)
_TRUNCATION = (
    "any letters are *, one letter is ?; a word to which the sign belongs is put in quotation marks"
)
_REFERENCE = "a line is referred to as #12; a word to search for is put in quotation marks"
_EXPLODE = "a descriptor is exploded by (exp) behind it; what only looks so is put in quotation marks"
_OPERANDS = (
    "between two operands stands or, and, not, near/n or pre/n; an operand is a term, a quoted phrase, "
    "a line number such as #12, or a bracket"
)


def to_text(expression: Expression) -> str:
    """Print an expression so that it parses to itself; mixed operators are printed in brackets.

    >>> to_text(parse("Multiagency (FT) or multi agency(ft)"))
    'Multiagency (ft) or multi agency (ft)'
    >>> to_text(parse("a and b or c not d"))
    '(a and b) or (c not d)'
    >>> to_text(parse("(child* near/3 (trust or board)) [ti, ab]"))
    '(child* (ft) near/3 (trust (ft) or board (ft))) [ti,ab]'
    """
    match expression:
        case Term():
            tag = " (ft)" if expression.free_text else " (exp)" if expression.explode else ""
            quoted = _NEEDS_QUOTES.search(expression.text) or _foreign(expression.text.split())
            text = f'"{expression.text}"' if quoted else expression.text
            return text + (_fields_text(expression.fields) or tag)
        case Near(left, right):
            operator = f"{'pre' if expression.ordered else 'near'}/{expression.between}"
            first = to_text(left) if isinstance(left, Near) else _bracketed(left)
            printed = f"{first} {operator} {_bracketed(right, Near)}"
            fields = _fields_text(expression.fields)
            return f"({printed}){fields}" if fields else printed
        case Reference():
            return f"#{expression.line}"
        case Range():
            return f"#{expression.first} ... {expression.operator} #{expression.last}"
        case Not():
            return f"not {_bracketed(expression.part)}"
        case Or():
            return " or ".join(map(_bracketed, expression.parts))
        case And():
            first, *rest = expression.parts
            printed = [
                f" not {_bracketed(part.part)}"
                if isinstance(part, Not)
                else f" and {_bracketed(part)}"
                for part in rest
            ]
            return _bracketed(first) + "".join(printed)


def _bracketed(expression: Expression, *others: type) -> str:
    printed = to_text(expression)
    return f"({printed})" if isinstance(expression, (And, Or, *others)) else printed


def _fields_text(fields: tuple[str, ...]) -> str:
    codes = [code for code, name in FIELD_CODES.items() if name in fields]
    return f" [{','.join(codes)}]" if codes else ""
