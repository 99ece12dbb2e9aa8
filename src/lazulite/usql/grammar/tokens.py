"""What the lexer gives to the parser."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from lazulite.usql.tree import LiteralKind


class Kind(IntEnum):
    """What a token is."""

    NAME = 1  # a bare word: a keyword or a name
    QUOTED = 2  # [x]; `value` is x
    VARIABLE = 3  # @x
    SYSTEM = 4  # @@x
    NUMBER = 5
    STRING = 6
    CHAR = 7
    INTERPOLATED = 8  # `value` is a tuple of str and HoleToken
    MARK = 9  # an operator or bracket
    CODE = 10  # #CS … #ENDCS
    END = 11


class HoleToken(NamedTuple):
    """`{expression,alignment:format}` of an interpolated string: where the first two stand in the text."""

    start: int
    end: int
    alignment: tuple[int, int] | None
    format: str | None


Value = None | bool | int | float | Decimal | str | tuple["str | HoleToken", ...]


class Token(NamedTuple):
    """A token of the text: `text[start:end]`, as written in `text`, decoded in `value`."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Value = None
    literal: LiteralKind | None = None


SHORT_KEYWORDS = frozenset({"AS", "BY", "IF", "IN", "IS", "ON", "OR", "TO"})
"""Words of the language shorter than three letters."""

CSHARP_KEYWORDS = frozenset(
    [
        "abstract",
        "as",
        "base",
        "bool",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "checked",
        "class",
        "const",
        "continue",
        "decimal",
        "default",
        "delegate",
        "do",
        "double",
        "else",
        "enum",
        "event",
        "explicit",
        "extern",
        "false",
        "finally",
        "fixed",
        "float",
        "for",
        "foreach",
        "goto",
        "if",
        "implicit",
        "in",
        "int",
        "interface",
        "internal",
        "is",
        "lock",
        "long",
        "namespace",
        "new",
        "null",
        "object",
        "operator",
        "out",
        "override",
        "params",
        "private",
        "protected",
        "public",
        "readonly",
        "ref",
        "return",
        "sbyte",
        "sealed",
        "short",
        "sizeof",
        "stackalloc",
        "static",
        "string",
        "struct",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "uint",
        "ulong",
        "unchecked",
        "unsafe",
        "ushort",
        "using",
        "virtual",
        "void",
        "volatile",
        "while",
    ],
)

BUILT_IN_TYPES = frozenset(
    [
        "bool",
        "byte",
        "sbyte",
        "char",
        "decimal",
        "double",
        "float",
        "int",
        "uint",
        "long",
        "ulong",
        "short",
        "ushort",
        "string",
        "object",
    ],
)


_SHORTEST_RESERVED = 3


def reserved(word: str) -> bool:
    """Tell whether a bare word belongs to the language: of capitals only and longer than two letters, or a short
    keyword. A name like that has to be quoted: `[COUNT]`."""
    return word in SHORT_KEYWORDS or (
        len(word) >= _SHORTEST_RESERVED and word.isascii() and word.isalpha() and word.isupper()
    )
