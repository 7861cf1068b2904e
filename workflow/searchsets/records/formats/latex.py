"""Turns the LaTeX of BibTeX files into plain text, and plain text into LaTeX."""

from __future__ import annotations

import re
import unicodedata

# Accents: the command, and the combining character that Unicode composes with a letter.
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327",
    "k": "\u0328", "d": "\u0323", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
_SYMBOLS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ",
    "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "S": "§", "P": "¶", "copyright": "©",
    "textcopyright": "©", "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€",
    "textyen": "¥", "dag": "†", "ddag": "‡", "textdagger": "†", "textregistered": "®",
    "texttrademark": "™", "textdegree": "°", "degree": "°", "textordfeminine": "ª",
    "textordmasculine": "º", "textexclamdown": "¡", "textquestiondown": "¿", "ldots": "…",
    "dots": "…", "textellipsis": "…", "textbullet": "•", "textperiodcentered": "·",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'",
    "textquotedbl": '"', "guillemotleft": "«", "guillemotright": "»", "quotedblbase": "„",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|",
    "textless": "<", "textgreater": ">", "textbraceleft": "{", "textbraceright": "}",
    "textunderscore": "_", "textdollar": "$", "textpercent": "%", "textasciigrave": "`",
    "textmu": "µ", "textonehalf": "½", "texttimes": "×", "textpm": "±", "TeX": "TeX",
    "LaTeX": "LaTeX", "slash": "/", "backslash": "\\", "lbrace": "{", "rbrace": "}", "space": " ",
    "newline": " ", "par": " ", "quad": " ", "and": "and",
}  # fmt: skip
# Commands that only say how a text looks: their argument stays.
_LOOKS = frozenset((
    "textit", "textbf", "textsc", "textrm", "texttt", "textsf", "textsl", "textup", "textmd",
    "textnormal", "textsuperscript", "textsubscript", "emph", "underline", "uline", "mbox", "hbox",
    "text", "url", "path", "enquote", "mkbibquote", "mkbibemph", "mkbibitalic", "mkbibbold",
    "uppercase", "lowercase", "MakeUppercase", "ensuremath", "relax", "protect", "noopsort",
    "it", "bf", "em", "sl", "sc", "rm", "tt", "sf", "itshape", "bfseries", "scshape", "upshape",
    "rmfamily", "ttfamily", "sffamily", "normalfont", "small", "large", "Large", "footnotesize",
))  # fmt: skip
_ESCAPES = frozenset("&%$#_{}")
_NOTHING = {"-": "", "/": "", "!": "", ",": " ", ";": " ", ":": " ", " ": " ", "\n": " ", "\\": " "}

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]+)\*?(?P<blank>\s*)|\\(?P<sign>.)|(?P<brace>[{}])|(?P<math>\$[^$]*\$)"
    r"|(?P<type>---?|``|''|~)",
    re.S,
)
# The letter of an accent: \'e, \'{e}, \'\i, \'{\i}, \v s, \'{} (no letter: the sign itself).
_ARGUMENT = re.compile(
    r"\s*(?:\\(?P<bare>[ij])(?![A-Za-z])\s*(?:\{\})?|\{\s*\\(?P<inner>[ij])\s*(?:\{\})?\s*\}"
    r"|\{\s*(?P<group>[^{}\\\s]?)(?P<rest>[^{}\\]*)\}|(?P<letter>[^\s{}\\]))"
)
_TYPOGRAPHY = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " "}
_PLAIN = re.compile(r"[\\{}$~]|--|``|''")


def decode(value: str, *, verbatim: bool = False, dashes: bool = True) -> str:
    r"""Return LaTeX as plain text; what is unknown stays as it is, and so does mathematics.

    Args:
        value: the value of a field, without its outer braces.
        verbatim: the value is an address, where ~, -- and $ stand for themselves.
        dashes: `--` is a dash; among the terms of a thesaurus it parts a subdivision and stays.

    >>> decode(r"M{\"u}ller \& Sons: {\'E}tudes on {DNA} \textit{in vitro}, pp. 3--5")
    'Müller & Sons: Études on DNA in vitro, pp. 3–5'
    >>> decode(r"cost of $x_{1} \le 5$ and \$5"), decode("http://a.org/~b--c", verbatim=True)
    ('cost of $x_{1} \\le 5$ and $5', 'http://a.org/~b--c')
    """
    if not _PLAIN.search(value):
        return value
    made: list[str] = []
    at = 0
    while found := _TOKEN.search(value, at):
        made.append(value[at : found.start()])
        at = found.end()
        if word := found["word"]:
            at = _command(word, found, value, made)
        elif (sign := found["sign"]) is not None:
            at = _sign(sign, at, value, made, verbatim)
        elif found["math"]:
            if verbatim or not _is_math(found["math"]):
                made.append("$")
                at = found.start() + 1
            else:
                made.append(found["math"])
        elif (type_ := found["type"]) and (verbatim or (not dashes and "-" in type_)):
            made.append(type_)
        elif type_:
            made.append(_TYPOGRAPHY[type_])
    made.append(value[at:])
    return "".join(made)


def _is_math(found: str) -> bool:
    """Tell a formula from two prices: a formula neither begins nor ends with a blank."""
    inner = found[1:-1]
    return bool(inner) and not inner[0].isspace() and not inner[-1].isspace()


def _command(word: str, found: re.Match[str], value: str, made: list[str]) -> int:
    """Append what a command of letters says; return where reading goes on."""
    at = found.end()
    if word in _ACCENTS and (argument := _ARGUMENT.match(value, found.end("word"))):
        return _accented(word, argument, value, made)
    if word in _SYMBOLS:
        made.append(_SYMBOLS[word])
        # `{}` ends the command and is nothing; blanks after a command are none.
        return at + 2 if value.startswith("{}", at) else at
    if word in _LOOKS:
        return at
    made.append("\\" + word + found["blank"])
    return at


def _sign(sign: str, at: int, value: str, made: list[str], verbatim: bool) -> int:
    """Append what a backslash and one sign say; return where reading goes on."""
    if sign in _ESCAPES:
        made.append(sign)
    elif verbatim:
        if sign != "~":
            made.append("\\" + sign)
        else:
            made.append("~")
            at += 2 * value.startswith("{}", at)
    elif sign in _ACCENTS and (argument := _ARGUMENT.match(value, at)):
        return _accented(sign, argument, value, made)
    else:
        made.append(_NOTHING.get(sign, "\\" + sign))
    return at


def _accented(accent: str, argument: re.Match[str], value: str, made: list[str]) -> int:
    letter = argument["bare"] or argument["inner"] or argument["group"] or argument["letter"]
    if not letter:  # \~{} is the sign itself
        made.append(accent if not accent.isalpha() else "")
    else:
        made.append(unicodedata.normalize("NFC", letter + _ACCENTS[accent]))
    made.append(argument["rest"] or "")
    return argument.end()


def split(value: str, separator: str) -> list[str]:
    """Split a value where a separator stands outside all braces; empty parts are none.

    >>> split("Fox, C. and {Health and Safety Executive}", r" and ")
    ['Fox, C.', '{Health and Safety Executive}']
    """
    parts: list[str] = []
    depth = begin = 0
    for found in re.finditer(rf"(?P<brace>[{{}}])|(?P<cut>{_inline(separator)})", value):
        if brace := found["brace"]:
            depth = max(0, depth + (1 if brace == "{" else -1))
        elif depth == 0:
            parts.append(value[begin : found.start()])
            begin = found.end()
    parts.append(value[begin:])
    return [part.strip() for part in parts if part.strip()]


def _inline(separator: str) -> str:
    """Turn a flag at the beginning of an expression into a flag of its group."""
    return f"(?i:{separator[4:]})" if separator.startswith("(?i)") else separator


_WRITTEN = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "&": r"\&",
    "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
})  # fmt: skip
_WRITTEN_VERBATIM = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
})  # fmt: skip


def encode(value: str, *, verbatim: bool = False) -> str:
    r"""Return plain text as LaTeX that `decode` turns back into the same text.

    >>> encode("R&D -- 5%"), encode("http://a.org/~b_c%20d", verbatim=True)
    ('R\\&D -{}- 5\\%', 'http://a.org/~b_c%20d')
    """
    if verbatim:
        return value.translate(_WRITTEN_VERBATIM)
    made = value.translate(_WRITTEN)
    for sign in "-`'":  # two of them are another sign
        if sign * 2 in made:
            made = re.sub(f"{sign}(?={sign})", sign + "{}", made)
    return made
