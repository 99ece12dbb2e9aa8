"""Names and constants as they are written."""

from __future__ import annotations

import re
from decimal import Decimal

from lazulite.usql.grammar.tokens import BUILT_IN_TYPES, CSHARP_KEYWORDS, reserved
from lazulite.usql.tree import Literal, LiteralKind, ObjectName, RowType, Type

_BARE = re.compile(r"[^\W\d]\w*\Z")
_ESCAPES = {
    "\\": "\\\\",
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_SUFFIXES = {
    LiteralKind.UINT: "u",
    LiteralKind.LONG: "L",
    LiteralKind.ULONG: "UL",
    LiteralKind.DECIMAL: "m",
    LiteralKind.FLOAT: "f",
}
_LAST_SHORT = 0xFFFF


def name(text: str, *, quoted: bool = False) -> str:
    """Write a name, in brackets where it would not be read as one without."""
    bare = (
        _BARE.match(text) and not reserved(text) and (text not in CSHARP_KEYWORDS or text in BUILT_IN_TYPES)
    )
    return text if bare and not quoted else "[" + text.replace("]", "]]") + "]"


def member(text: str, *, quoted: bool = False) -> str:
    """Write a name behind a dot, where no word is reserved."""
    return text if _BARE.match(text) and not quoted else name(text, quoted=True)


def dotted(parts: ObjectName | tuple[str, ...]) -> str:
    found = parts.parts if isinstance(parts, ObjectName) else parts
    if len(found) == 1 and found[0].startswith("@"):  # an object of the script alone
        return variable(found[0][1:])
    return ".".join(name(part) if part else "" for part in found)


def column(text: str) -> str:
    """Write a column's name with the alias before it, if there is one."""
    return ".".join(name(part) for part in text.split("."))


def variable(text: str) -> str:
    return "@" + (text if _BARE.match(text) else "[" + text.replace("]", "]]") + "]")


def type_text(kind: Type | RowType) -> str:
    if isinstance(kind, RowType):
        columns = ", ".join(
            f"{name(found.name)} {type_text(found.type)}" for found in kind.columns if found.type
        )
        return f"TABLE ({columns})"
    parts = kind.name.split(".")
    written = ".".join(part if len(parts) > 1 and _BARE.match(part) else name(part) for part in parts)
    ranks = "".join("[" + "," * (rank - 1) + "]" for rank in kind.ranks)
    return written + type_arguments(kind.arguments) + ("?" if kind.nullable else "") + ranks


def type_arguments(arguments: tuple[Type, ...]) -> str:
    return "<" + ", ".join(type_text(one) for one in arguments) + ">" if arguments else ""


def escaped(text: str, quote: str) -> str:
    return "".join(_escaped(character, quote) for character in text)


def _escaped(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + quote
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"


def constant(literal: Literal) -> str:
    """Write a constant with its suffix."""
    kind, value = literal.kind, literal.value
    if kind is LiteralKind.STRING:
        return '"' + escaped(str(value), '"') + '"'
    if kind is LiteralKind.CHAR:
        return "'" + escaped(str(value), "'") + "'"
    if value is None:
        return "DEFAULT" if kind is LiteralKind.DEFAULT else "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return "0x" + value.hex()
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text + _SUFFIXES.get(kind, "")
