r"""Reads and writes the text of a Ruby hash, in which Rayyan notes who decided what.

It is what Ruby's `inspect` prints: `{"Jane"=>"Included", "Kim"=>["a", "b"]}`; inside quotation marks
a backslash escapes what follows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Value = str | list["Value"] | dict[str, "Value"]
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v",
            "e": "\x1b", "s": " "}  # fmt: skip
_LETTERS = {sign: letter for letter, sign in _ESCAPES.items() if letter not in "0s"}
_CODE = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{1,2})")
_WORD = re.compile(r"[\w.:+-]+")
_PLAIN = re.compile(r'[^"\\]+')
_DEEPEST = 8


class NoHash(ValueError):
    """A text is no Ruby hash; says at which sign."""


def parse(text: str, at: int = 0) -> tuple[dict[str, Value], int]:
    r"""Return the hash that begins at a place of a text, and the place behind it.

    Raises:
        NoHash: there is none, or it is not whole.

    >>> parse('{"A \\"B\\""=>"Included", "C, | =>" => "Maybe"} | RAYYAN-LABELS: x')
    ({'A "B"': 'Included', 'C, | =>': 'Maybe'}, 45)
    """
    value, end = _Scanner(text).value(at, 0)
    if not isinstance(value, dict):
        raise NoHash(f"a hash should begin at sign {at + 1}")
    return value, end


class _Scanner:
    """Reads values of one text; each method takes a place and returns a value and the place behind."""

    def __init__(self, text: str):
        self.text = text

    def value(self, at: int, depth: int) -> tuple[Value, int]:
        at = self._blanks(at)
        sign = self.text[at : at + 1]
        if depth > _DEEPEST:
            raise NoHash(f"nested too deep at sign {at + 1}")
        if sign == "{":
            return self._hash(at + 1, depth)
        if sign == "[":
            return self._list(at + 1, depth)
        if sign == '"':
            return self._quoted(at + 1)
        word = _WORD.match(self.text, at)
        if not word:
            raise NoHash(f"{sign or 'the end'!r} at sign {at + 1}, where a value should stand")
        return word[0], word.end()

    def _hash(self, at: int, depth: int) -> tuple[Value, int]:
        found: dict[str, Value] = {}
        at = self._blanks(at)
        while not self.text.startswith("}", at):
            key, at = self.value(at, depth + 1)
            at = self._expect("=>", self._blanks(at))
            found[str(key)], at = self.value(at, depth + 1)
            at = self._next(at, "}")
        return found, at + 1

    def _list(self, at: int, depth: int) -> tuple[Value, int]:
        found: list[Value] = []
        at = self._blanks(at)
        while not self.text.startswith("]", at):
            one, at = self.value(at, depth + 1)
            found.append(one)
            at = self._next(at, "]")
        return found, at + 1

    def _quoted(self, at: int) -> tuple[str, int]:
        parts: list[str] = []
        while not self.text.startswith('"', at):
            if plain := _PLAIN.match(self.text, at):
                parts.append(plain[0])
                at = plain.end()
            elif code := _CODE.match(self.text, at + 1):
                number = int(next(filter(None, code.groups())), 16)
                # No text file can hold half a surrogate pair, or a number beyond Unicode.
                is_sign = number < 0x110000 and not 0xD800 <= number < 0xE000
                parts.append(chr(number) if is_sign else "\ufffd")
                at = code.end()
            elif at + 1 < len(self.text):
                sign = self.text[at + 1]
                parts.append(_ESCAPES.get(sign, sign))
                at += 2
            else:
                raise NoHash("it breaks off inside quotation marks")
        return "".join(parts), at + 1

    def _next(self, at: int, end: str) -> int:
        """Pass over a comma, up to the next value or to the end."""
        at = self._blanks(at)
        if self.text.startswith(end, at):
            return at
        return self._blanks(self._expect(",", at))

    def _expect(self, sign: str, at: int) -> int:
        if not self.text.startswith(sign, at):
            there = self.text[at : at + 10] or "the end"
            raise NoHash(f"{there!r} at sign {at + 1}, where {sign!r} should stand")
        return at + len(sign)

    def _blanks(self, at: int) -> int:
        while self.text[at : at + 1].isspace():
            at += 1
        return at


def written(value: str | Sequence | Mapping) -> str:
    r"""Return a value as Ruby's `inspect` prints it; it is one line.

    >>> print(written({"Jane \"J\" Doe": ["a\nb", "#{x}"]}))
    {"Jane \"J\" Doe"=>["a\nb", "\#{x}"]}
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(k)}=>{written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, str):
        return '"' + "".join(map(_sign, value, [*value[1:], ""])) + '"'
    return "[" + ", ".join(map(written, value)) + "]"


def _sign(sign: str, behind: str) -> str:
    if sign in '"\\' or (sign == "#" and behind and behind in "{$@"):
        return "\\" + sign
    if sign in _LETTERS:
        return "\\" + _LETTERS[sign]
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\u{{{ord(sign):X}}}"
